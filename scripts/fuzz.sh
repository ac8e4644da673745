#!/usr/bin/env bash
# Runs every harness of Fuzz/ under libFuzzer and AddressSanitizer.
# usage: scripts/fuzz.sh [seconds for each, 60] [name of one harness]
#        scripts/fuzz.sh --check    only sees whether each of them still compiles
set -eu
cd "$(dirname "$0")/.."
each=${1:-60}
harnesses=(Fuzz/${2:-*}.swift)
work=.build/fuzz
mkdir -p "$work"

# What imports Lavalink finds an empty module: its sources are compiled along.
mkdir -p "$work/empty"
echo >"$work/empty/Lavalink.swift"
swiftc -emit-module -module-name Lavalink -package-name lavadeck -parse-as-library \
    "$work/empty/Lavalink.swift" -o "$work/empty/Lavalink.swiftmodule"

compile() { # harness, and what swiftc is to make of it
    local sources
    mapfile -t sources < <(find Sources/Wire -name '*.swift')
    # A harness that needs Lavalink says so in its first line.
    if head -n 1 "$1" | grep -q Sources/Lavalink; then
        mapfile -t -O "${#sources[@]}" sources < <(find Sources/Lavalink -name '*.swift')
    fi
    # So does one that needs a simulated node, which is all there but its sockets.
    if head -n 1 "$1" | grep -q Sources/SimulatedNode; then
        mapfile -t -O "${#sources[@]}" sources \
            < <(find Sources/SimulatedNode -name '*.swift' ! -name SimulatedNode.swift)
    fi
    local harness=$1
    shift
    swiftc "$@" -parse-as-library -swift-version 6 \
        -module-name Wire -I "$work/empty" -package-name lavadeck -suppress-warnings \
        -enable-upcoming-feature ExistentialAny \
        -enable-upcoming-feature InternalImportsByDefault \
        -enable-upcoming-feature NonisolatedNonsendingByDefault \
        "$harness" "${sources[@]}" >"$work/compile.log" 2>&1 || { cat "$work/compile.log"; return 1; }
}

if [ "$each" = --check ]; then
    for harness in Fuzz/*.swift; do compile "$harness" -typecheck; done
    exit
fi

failed=()
for harness in "${harnesses[@]}"; do
    name=$(basename "$harness" .swift)
    found="$work/corpus/$name"
    seeds="Fuzz/corpus/$name"
    mkdir -p "$found"
    [ -d "$seeds" ] || seeds=
    echo "fuzz: $name, ${each}s"
    compile "$harness" -O -sanitize=fuzzer,address -o "$work/$name"
    # The runtime's own start-up is reported as a leak; backtraces of Swift fight with libFuzzer's.
    if ! ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no \
        "$work/$name" -max_total_time="$each" -max_len=2048 -timeout=10 -rss_limit_mb=2048 \
        -verbosity=0 -print_final_stats=1 -artifact_prefix="$work/$name-" \
        "$found" $seeds >"$work/$name.log" 2>&1; then
        failed+=("$name")
        tail -n 40 "$work/$name.log"
    fi
    grep -E 'number_of_executed_units' "$work/$name.log" || true
done
[ ${#failed[@]} -eq 0 ] || { echo "fuzz: failed: ${failed[*]}"; exit 1; }
echo "fuzz: nothing found"
