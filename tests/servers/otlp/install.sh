#!/usr/bin/env bash
# Builds an OpenTelemetry collector of the parts in manifest.yaml. Usage: install.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../places.sh"
. "$here/../go.sh"
go_program "go.opentelemetry.io/collector/cmd/builder@$(cat "$here/version")" "$1"
cp "$here/manifest.yaml" "$1/"
cd "$1"
GOFLAGS=-buildvcs=false bin/builder --config manifest.yaml
mv build/otelcol bin/
rm -rf build bin/builder
