#!/usr/bin/env bash
# Succeeds when Cognito lists user pools. Usage: answers.sh PORT
set -euo pipefail
curl -fsS -m 5 --aws-sigv4 aws:amz:eu-west-1:cognito-idp --user testkey:testsecret \
  -H 'content-type: application/x-amz-json-1.1' -H 'x-amz-target: AWSCognitoIdentityProviderService.ListUserPools' \
  -d '{"MaxResults": 1}' "http://127.0.0.1:$1/"
