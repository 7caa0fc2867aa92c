#!/usr/bin/env bash
# Succeeds when S3 lists buckets for the test credentials. Usage: answers.sh PORT
set -euo pipefail
nothing=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
curl -fsS -m 5 --aws-sigv4 aws:amz:eu-west-1:s3 --user testkey:testsecret \
  -H "x-amz-content-sha256: $nothing" "http://127.0.0.1:$1/"
