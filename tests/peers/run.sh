#!/usr/bin/env bash
# Installs the pinned peers into an environment of their own and recounts real imports with them.
# Usage: tests/peers/run.sh WAYPOST SHARED
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
environment=${WAYPOST_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/waypost/peers}
if ! cmp -s "$here/requirements.txt" "$environment/requirements.txt"; then
  rm -rf "$environment"
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
  cp "$here/requirements.txt" "$environment/requirements.txt"
fi
exec "$environment/bin/python" "$here/recount.py" "$1" "$2"
