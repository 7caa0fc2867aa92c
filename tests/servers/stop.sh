#!/usr/bin/env bash
# Stops the servers that start.sh started in FOLDER, all of them or those named, and nothing else.
# Usage: tests/servers/stop.sh FOLDER [NAME…]
# Ports and data stay, so start.sh brings a server back where it was.
set -euo pipefail
servers=$(cd "$(dirname "$0")" && pwd)
. "$servers/places.sh"
. "$servers/processes.sh"

folder=${1:?usage: stop.sh FOLDER [NAME…]}
shift
check_names "$@"
[ $# -gt 0 ] || set -- "${all_servers[@]}"

for name in "$@"; do
  if running "$folder" "$name"; then
    # One that a test has halted takes the signal only once it goes on.
    kill -TERM "$pid" 2>/dev/null && kill -CONT "$pid" 2>/dev/null || true
  fi
done
deadline=$((SECONDS + 10))
for name in "$@"; do
  while running "$folder" "$name" && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.1; done
  if running "$folder" "$name"; then
    echo "$name did not stop within 10 s and is killed" >&2
    kill -KILL "$pid" 2>/dev/null || true
    while running "$folder" "$name"; do sleep 0.1; done
  fi
  rm -f "$folder/pids/$name"
done
