#!/usr/bin/env bash
# Sends the HTTP/1.1 conformance cases of ../shared/tools/http11.py to the echo server.
# usage: scripts/http11.sh [options of http11.py]
set -eu
cd "$(dirname "$0")/.."
tool=../shared/tools/http11.py
[ -f "$tool" ] || tool=../../shared/tools/http11.py  # from a linked worktree
if [ ! -f "$tool" ]; then
    echo "http11: skipped, $tool is not here"
    exit 0
fi
swift build --product EchoServer
out=$(mktemp)
"$(swift build --show-bin-path)/EchoServer" --port 0 >"$out" &
server=$!
trap 'kill $server 2>/dev/null || true; rm -f "$out"' EXIT
for _ in $(seq 100); do
    port=$(sed -n 's/^listening on .*://p' "$out")
    [ -n "$port" ] && break
    kill -0 $server || { cat "$out"; exit 1; }
    sleep 0.05
done
[ -n "$port" ] || { echo "http11: the echo server does not listen"; exit 1; }
python3 "$tool" --port "$port" "$@"
