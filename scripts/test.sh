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
if [ $# -gt 0 ]; then
    swift test --skip-build "$@"
    exit
fi
# What only computes runs on every core. What has sockets, processes and deadlines runs one test after
# the other: on a small machine they would only take each other's time.
pure='^(WireTests|LavalinkTests|ControlTests|SimulationTests|TranscriptTests|TidyTests)\.'
swift test --skip-build --filter "$pure"
swift test --skip-build --no-parallel --skip "$pure"
