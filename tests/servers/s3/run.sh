#!/usr/bin/env bash
# Becomes versitygw on 127.0.0.1, over the folder DATA. Usage: run.sh INSTALLED DATA PORT
set -euo pipefail
mkdir -p "$2/data" "$2/versions"
# Objects' metadata lies in extended attributes; where the disk has none, in files beside the data.
attributes=()
if ! python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.waypost", b"1")' "$2" 2>/dev/null; then
  mkdir -p "$2/attributes"
  attributes=(--sidecar "$2/attributes")
fi
export ROOT_ACCESS_KEY=testkey ROOT_SECRET_KEY=testsecret
exec "$1/bin/versitygw" --port "127.0.0.1:$3" --region eu-west-1 --health /health --quiet --keep-alive \
  posix --versioning-dir "$2/versions" "${attributes[@]}" "$2/data"
