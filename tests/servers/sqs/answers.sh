#!/usr/bin/env bash
# Succeeds when SQS lists queues. Usage: answers.sh PORT
set -euo pipefail
curl -fsS -m 5 --aws-sigv4 aws:amz:eu-west-1:sqs --user testkey:testsecret \
  -H 'content-type: application/x-amz-json-1.0' -H 'x-amz-target: AmazonSQS.ListQueues' -d '{}' "http://127.0.0.1:$1/"
