#!/usr/bin/env bash
# Becomes moto on 127.0.0.1; it keeps everything in memory. Usage: run.sh INSTALLED DATA PORT
set -euo pipefail
# A module, not the script pip wrote: that one names the folder in which it was installed before it was renamed.
exec "$1/venv/bin/python" -m moto.server -H 127.0.0.1 -p "$3"
