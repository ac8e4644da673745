#!/usr/bin/env bash
# Prints a Python that has the package websockets, for the test with an independent peer; installs
# it into .build when pip can get it, and prints nothing otherwise.
# usage: LAVADECK_TEST_PYTHON=$(scripts/test-python.sh) swift test
set -eu
cd "$(dirname "$0")/.."
venv=$PWD/.build/test-python
python=$venv/bin/python3
if ! "$python" -c 'import websockets' 2>/dev/null; then
    rm -rf "$venv"
    mkdir -p .build
    { python3 -m venv "$venv" && "$python" -m pip install --quiet --retries 1 --timeout 10 \
        'websockets==15.*'; } >/dev/null 2>&1 || exit 0
fi
echo "$python"
