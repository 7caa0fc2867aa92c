#!/usr/bin/env bash
# Becomes the OpenTelemetry collector on 127.0.0.1; what it receives goes to DATA/received.jsonl.
# Usage: run.sh INSTALLED DATA HTTP-PORT GRPC-PORT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export OTLP_FILE="$2/received.jsonl" OTLP_HTTP_PORT=$3 OTLP_GRPC_PORT=$4
exec "$1/bin/otelcol" --config "file:$here/collector.yaml"
