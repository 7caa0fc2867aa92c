#!/usr/bin/env bash
# Succeeds when the collector takes an (empty) trace. Usage: answers.sh HTTP-PORT
set -euo pipefail
curl -fsS -m 5 -H 'content-type: application/json' -d '{"resourceSpans":[]}' "http://127.0.0.1:$1/v1/traces"
