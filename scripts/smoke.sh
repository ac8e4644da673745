#!/usr/bin/env bash
# Starts the demo as a user would, asks every kind of thing once, and ends it by SIGTERM.
# usage: scripts/smoke.sh
set -eu
cd "$(dirname "$0")/.."

swift build --product lavadeck
program=$(swift build --show-bin-path)/lavadeck
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT

fail() {
    echo "smoke: $*" >&2
    cat "$folder/log" >&2
    exit 1
}

# Waits until a command succeeds; ten seconds at most.
await() {
    for _ in $(seq 100); do
        "$@" && return
        kill -0 "$server" 2>/dev/null || fail "the program ended"
        sleep 0.1
    done
    fail "waited in vain for: $*"
}

has_port() {
    LAVADECK=$(sed -n 's|.*curl -N \(http://[0-9.:]*\)/v1/events.*|\1|p' "$folder/log")
    [ -n "$LAVADECK" ]
}

answers() { # method path status
    local status
    status=$(curl --silent --max-time 10 --output "$folder/answer" --write-out '%{http_code}' \
        --request "$1" "$LAVADECK$2") || true
    [ "$status" = "$3" ] || fail "$1 $2: $status, expected $3: $(cat "$folder/answer")"
    echo "smoke: $1 $2: $status"
}

"$program" demo --listen 127.0.0.1:0 >"$folder/log" 2>&1 &
server=$!
await has_port
export LAVADECK

answers GET /livez 200
answers GET /readyz 200
answers GET /v1/nodes 200
answers GET /v1/health 200
answers GET /v1/metrics 200
answers GET /v1/players 200
answers GET /v1/state 200
answers GET "/v1/tracks?identifier=tone-2s" 200
answers GET /v1/players/1 404
answers GET /nothing 404
answers DELETE /livez 405
answers POST /v1/state/save 200

examples/quickstart.sh >"$folder/quickstart" || fail "quickstart: $(cat "$folder/quickstart")"
grep -q '^event: ' "$folder/quickstart" || fail "quickstart saw no event"
echo "smoke: examples/quickstart.sh"
timeout 30 python3 examples/bot.py >"$folder/bot" || fail "bot: $(cat "$folder/bot")"
grep -q trackEnd "$folder/bot" || fail "the bot saw no end of its track"
echo "smoke: examples/bot.py"

answers POST /v1/nodes/north/simulate-failure 202

started=$SECONDS
kill -TERM "$server"
status=0
wait "$server" || status=$?
server=
[ "$status" = 0 ] || fail "SIGTERM: exit status $status"
[ $((SECONDS - started)) -le 5 ] || fail "SIGTERM: took $((SECONDS - started)) s"
echo "smoke: SIGTERM: exit 0 in $((SECONDS - started)) s"
