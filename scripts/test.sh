#!/usr/bin/env bash
# Runs every test, and says which need something that is not here.
# usage: scripts/test.sh [options of swift test]
set -eu
cd "$(dirname "$0")/.."

if [ -d ../shared ]; then
    LAVADECK_SHARED=${LAVADECK_SHARED:-$(cd ../shared && pwd)}
    export LAVADECK_SHARED
fi
echo "test: recordings of a real node: ${LAVADECK_SHARED:-none here, their tests are skipped}"
echo "test: real Lavalink: ${LAVALINK_TEST_URI:-none, its tests are skipped (LAVALINK_TEST_URI," \
    "LAVALINK_TEST_PASSWORD)}"

swift build --build-tests
swift test --skip-build "$@"
