#!/usr/bin/env bash
# Makes this machine ready to build Lavadeck, and says what it does; does nothing when it is.
#
# Needed: Swift 6.2 or later, and the development files of libcurl and SQLite (Debian packages
# libcurl4-openssl-dev, libsqlite3-dev, pkg-config). Some tests use openssl, python3 and curl where
# they are, and are skipped by name elsewhere; in CI nothing is skipped for want of them.
# usage: scripts/setup.sh
set -eu

fail() {
    echo "setup: $*" >&2
    exit 1
}

swift_version() {
    command -v swift >/dev/null ||
        fail "there is no swift on PATH: install Swift 6.2 or later from https://swift.org/install"
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p')
    case $version in
    6.[01] | [0-5].*) fail "Swift $version is too old: 6.2 or later is needed" ;;
    esac
}

# Prints the Debian packages that are missing.
missing() {
    command -v pkg-config >/dev/null || echo pkg-config
    [ -f /usr/include/sqlite3.h ] || pkg-config --exists sqlite3 2>/dev/null || echo libsqlite3-dev
    pkg-config --exists libcurl 2>/dev/null || [ -f "$(curl_header)" ] || echo libcurl4-openssl-dev
    [ -z "${CI:-}" ] || missing_for_tests
}

missing_for_tests() {
    command -v make >/dev/null || echo make
    command -v curl >/dev/null || echo curl
    command -v openssl >/dev/null || echo openssl
    python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
}

curl_header() {
    echo "/usr/include/$(uname -m)-linux-gnu/curl/curl.h"
}

install() {
    local root=()
    command -v apt-get >/dev/null ||
        fail "missing: $*. This machine has no apt-get: install what its distribution calls them"
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "missing: $*. As root: apt-get install $*"
        root=(sudo)
        # Nobody can type a password in CI.
        [ -z "${CI:-}" ] || root=(sudo -n)
    fi
    root+=(env DEBIAN_FRONTEND=noninteractive)
    echo "setup: installing $* with apt-get"
    "${root[@]}" apt-get update -qq
    "${root[@]}" apt-get install -y -qq --no-install-recommends "$@"
}

swift_version
packages=$(missing)
# One word for each package.
# shellcheck disable=SC2086
[ -z "$packages" ] || install $packages
packages=$(missing)
[ -z "$packages" ] || fail "still missing after the installation:" $packages
