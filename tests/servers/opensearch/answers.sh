#!/usr/bin/env bash
# Succeeds when OpenSearch takes requests. Usage: answers.sh PORT
set -euo pipefail
curl -fsS -m 5 "http://127.0.0.1:$1/_cluster/health?wait_for_status=yellow&timeout=2s"
