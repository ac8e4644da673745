#!/usr/bin/env bash
# Checks openapi.yaml with openapi-spec-validator, where it can be had.
# usage: scripts/openapi.sh
set -eu
cd "$(dirname "$0")/.."
version=0.9.0
venv=${XDG_CACHE_HOME:-$HOME/.cache}/lavadeck/openapi-$version
tool=$venv/bin/openapi-spec-validator
if [ ! -x "$tool" ]; then
    if ! { python3 -m venv "$venv" &&
        "$venv/bin/pip" install --quiet --retries 0 --timeout 10 \
            "openapi-spec-validator==$version"; } >/dev/null 2>&1; then
        rm -rf "$venv"
        echo "openapi: skipped, openapi-spec-validator is not here and pip cannot get it"
        exit 0
    fi
fi
"$tool" openapi.yaml
