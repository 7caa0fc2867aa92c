#!/usr/bin/env bash
# Builds versitygw, an S3 server over a folder. Usage: install.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../places.sh"
. "$here/../go.sh"
go_program "github.com/versity/versitygw/cmd/versitygw@$(cat "$here/version")" "$1"
