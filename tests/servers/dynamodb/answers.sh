#!/usr/bin/env bash
# Succeeds when DynamoDB lists tables. Usage: answers.sh PORT
set -euo pipefail
curl -fsS -m 5 --aws-sigv4 aws:amz:eu-west-1:dynamodb --user testkey:testsecret \
  -H 'content-type: application/x-amz-json-1.0' -H 'x-amz-target: DynamoDB_20120810.ListTables' \
  -d '{}' "http://127.0.0.1:$1/"
