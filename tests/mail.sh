#!/usr/bin/env bash
# Runs the tests that need a mail server: `waypost import --mail` over IMAP. Arguments go to the tests, as in
# `tests/mail.sh -- --nocapture`. The server is installed once, started on a free port of 127.0.0.1 and stopped at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
tests/servers/setup.sh mail
folder=$(mktemp -d "${TMPDIR:-/tmp}/waypost-mail.XXXXXX")
stop_server() {
  tests/servers/stop.sh "$folder" mail || true
  rm -rf "$folder"
}
trap stop_server EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
tests/servers/start.sh "$folder" mail
# shellcheck source=/dev/null
. "$folder/env"
cargo test --locked -p jobs --test imap "$@"
