#!/usr/bin/env bash
# Succeeds when the user of the tests can log in. Usage: answers.sh PORT
set -euo pipefail
curl -fsS -m 5 --insecure --user waypost:testsecret "imaps://127.0.0.1:$1/" -X "NOOP"
