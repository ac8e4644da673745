#!/usr/bin/env bash
# Five calls to a running demo (`make run`); for another service, set the variables below.
set -eu
LAVADECK=${LAVADECK:-http://127.0.0.1:8333}
GUILD=${GUILD:-817327181659111454}
IDENTIFIER=${IDENTIFIER:-tone-20s}
call() {
    curl --silent --show-error --fail-with-body --max-time 10 \
        ${LAVADECK_TOKEN:+--header "Authorization: Bearer $LAVADECK_TOKEN"} \
        --header 'Content-Type: application/json' "$@"
    echo
}

# 1. List the nodes and their state.
call "$LAVADECK/v1/nodes"

# 2. Play a track: a URL, a search such as ytsearch:words, or a tone of the simulated nodes.
call -X POST "$LAVADECK/v1/players/$GUILD/play" -d "{\"identifier\":\"$IDENTIFIER\"}"

# 3. Lower the volume and set a filter.
call -X PATCH "$LAVADECK/v1/players/$GUILD" -d '{"volume":50,"filters":{"timescale":{"speed":1.1}}}'

# 4. Read the player: its track, position, volume and queue.
call "$LAVADECK/v1/players/$GUILD"

# 5. Read the events of six seconds.
curl --silent --no-buffer --max-time 6 \
    ${LAVADECK_TOKEN:+--header "Authorization: Bearer $LAVADECK_TOKEN"} \
    "$LAVADECK/v1/events?guildId=$GUILD" || [ $? = 28 ]
