#!/usr/bin/env bash
# Applies small wrong changes to Sources/Control one by one, and shows that a test fails for each.
# usage: scripts/mutants.sh [name of a mutant...]
#        scripts/mutants.sh --check      looks only whether the list fits the sources
#
# The changes are in Tests/Mutants/mutants.txt. A copy of the tree is built, with no more targets
# than are needed. ControlTests run first, and the simulation only for what those let pass.
# MUTANT_SEEDS: seeds of the simulation, 100 by default.
# Exit: 0 all were killed, 1 some survived, 2 the list or the tree is wrong.
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 2

root=$PWD
list=$root/Tests/Mutants/mutants.txt
copy=$root/.build/mutants
log=$copy/log.txt
seeds=${MUTANT_SEEDS:-100}
build_seconds=600
test_seconds=120

names=() files=() olds=() news=()

fail() {
    echo "mutants: $*" >&2
    exit 2
}

# Reads the list: `name`, `file`, `old` and `new`, of which the last two may have many lines.
read_list() {
    local line number=0 index=-1
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        case $line in
            '' | '#'*) ;;
            'name: '*)
                index=$((index + 1))
                names[index]=${line#name: } files[index]='' olds[index]='' news[index]=''
                ;;
            'file: '*) files[index]=${line#file: } ;;
            'old: '*) olds[index]+=${line#old: }$'\n' ;;
            'new:') ;;
            'new: '*) news[index]+=${line#new: }$'\n' ;;
            *) fail "line $number of the list is not understood: $line" ;;
        esac
    done <"$list"
    for index in "${!names[@]}"; do
        # Lines were ended one by one; what is looked for has no end of its own.
        olds[index]=${olds[index]%$'\n'}
        news[index]=${news[index]%$'\n'}
    done
}

# Says of every mutant whether it can be applied: its old text must occur exactly once.
check_list() {
    local index text rest wrong=0
    local -A seen=()
    for index in "${!names[@]}"; do
        if [ -n "${seen[${names[index]}]:-}" ]; then
            echo "mutants: the name ${names[index]} is there twice" >&2
            wrong=1
        fi
        seen[${names[index]}]=1
        if [ ! -f "${files[index]}" ] || [ -z "${olds[index]}" ]; then
            echo "mutants: ${names[index]}: no such file, or no old text: ${files[index]}" >&2
            wrong=1
            continue
        fi
        text=$(<"${files[index]}")
        rest=${text/"${olds[index]}"/}
        if [ "$rest" = "$text" ]; then
            echo "mutants: ${names[index]}: its old text does not occur" >&2
            wrong=1
        elif [ "${rest/"${olds[index]}"/}" != "$rest" ]; then
            echo "mutants: ${names[index]}: its old text occurs more than once" >&2
            wrong=1
        fi
    done
    [ $wrong = 0 ] || exit 2
}

# The files that are built, from the root.
needed_files() {
    find Sources/{CLinux,CCurl,Wire,Lavalink,Control,Runtime,SimulatedNode} \
        Tests/{ControlTests,SimulationTests} \
        Tests/Support/{Shelf,SplitMix,Fleet+Numbers}.swift -type f
}

# A copy of what is needed, and a manifest of it in which a warning is no error. What is the same
# stays untouched, so that it is not built again.
copy_tree() {
    local file
    local -A needed=()
    mkdir -p "$copy"
    while IFS= read -r file; do
        needed[$file]=1
        cmp -s "$file" "$copy/$file" && continue
        mkdir -p "$copy/${file%/*}"
        cp "$file" "$copy/$file"
    done < <(needed_files)
    while IFS= read -r file; do
        [ -n "${needed[${file#"$copy/"}]:-}" ] || rm "$file"
    done < <(find "$copy/Sources" "$copy/Tests" -type f)
    manifest >"$copy/Package.swift.new"
    cmp -s "$copy/Package.swift.new" "$copy/Package.swift" ||
        cp "$copy/Package.swift.new" "$copy/Package.swift"
    rm "$copy/Package.swift.new"
}

manifest() {
    cat <<'MANIFEST'
// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility",
    "NonisolatedNonsendingByDefault", "InferIsolatedConformances",
].map { .enableUpcomingFeature($0) }

func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil
) -> Target {
    .target(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "mutants",
    targets: [
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl"),
        module("Wire"),
        module("Lavalink", ["Wire"]),
        module("Control", ["Lavalink", "Wire"]),
        module("Runtime", ["Wire", "CLinux", "CCurl"]),
        module("SimulatedNode", ["Runtime", "Lavalink", "Wire"]),
        module("Support", ["Control", "Lavalink", "Wire"], path: "Tests/Support"),
        tests("ControlTests", ["Control", "Lavalink", "Wire", "Support"]),
        tests("SimulationTests", ["SimulatedNode", "Control", "Lavalink", "Wire", "Support"]),
    ],
    swiftLanguageModes: [.v6]
)
MANIFEST
}

build() {
    timeout "$build_seconds" swift build --package-path "$copy" --build-tests >"$log" 2>&1
}

run_tests() {
    SEEDS=$seeds timeout "$test_seconds" swift test --package-path "$copy" --skip-build "$@" \
        >"$log" 2>&1
}

# What the log says of the first test that failed.
culprit() {
    local name
    name=$(grep -m 1 -oE 'Test .* recorded an issue' "$log" |
        sed -E 's/^Test //; s/ recorded an issue$//')
    if [ -n "$name" ]; then
        echo "$name"
    else
        grep -m 1 -oE '(Fatal error|Assertion failed|Precondition failed).*' "$log" ||
            echo "an end without a word"
    fi
}

# The stages that a change must pass to survive; the long tests of queues come first for queues.
stages() {
    case $1 in
        Sources/Control/Queue/*) echo queues others simulation ;;
        *) echo others queues simulation ;;
    esac
}

run_stage() {
    case $1 in
        queues) run_tests --filter '^ControlTests\.Queue' ;;
        others) run_tests --filter '^ControlTests\.' --skip '^ControlTests\.Queue' ;;
        simulation) run_tests --filter '^SimulationTests\.' ;;
    esac
}

# Applies one mutant, says who killed it, and takes it back.
try() {
    local index=$1 path text stage status began=$SECONDS verdict=''
    path=$copy/${files[index]}
    text=$(<"$path")
    printf '%s\n' "${text/"${olds[index]}"/"${news[index]}"}" >"$path"
    if ! build; then
        grep -m 3 'error:' "$log" >&2
        verdict="ERROR     ${names[index]}: it does not build"
        errors=$((errors + 1))
    else
        for stage in $(stages "${files[index]}"); do
            run_stage "$stage"
            status=$?
            if [ $status = 124 ]; then
                verdict="killed    ${names[index]} by time: ${stage} took over $test_seconds s"
            elif [ $status != 0 ]; then
                verdict="killed    ${names[index]} by $stage: $(culprit)"
            fi
            [ -n "$verdict" ] && break
        done
        if [ -z "$verdict" ]; then
            verdict="SURVIVED  ${names[index]} (${files[index]})"
            survivors=$((survivors + 1))
        else
            killed=$((killed + 1))
        fi
    fi
    printf '%s\n' "$text" >"$path"
    echo "$verdict ($((SECONDS - began)) s)"
}

read_list
check_list
if [ "${1:-}" = --check ]; then
    echo "mutants: ${#names[@]}, all of which fit the sources"
    exit
fi
chosen=()
if [ $# = 0 ]; then
    chosen=("${!names[@]}")
else
    for name in "$@"; do
        found=''
        for index in "${!names[@]}"; do
            if [ "${names[index]}" = "$name" ]; then
                chosen+=("$index")
                found=1
            fi
        done
        [ -n "$found" ] || fail "there is no mutant $name"
    done
fi

copy_tree
echo "mutants: ${#chosen[@]} of ${#names[@]}; the tree as it is must pass first"
build || {
    grep -m 5 'error:' "$log" >&2
    fail "the tree does not build; see $log"
}
for stage in others queues simulation; do
    run_stage "$stage" || fail "the tree fails in $stage: $(culprit)"
done

killed=0 survivors=0 errors=0 began=$SECONDS
for index in "${chosen[@]}"; do try "$index"; done
echo "mutants: $killed killed, $survivors survived, $errors errors, in $((SECONDS - began)) s"
[ $errors = 0 ] || exit 2
[ $survivors = 0 ] || exit 1
