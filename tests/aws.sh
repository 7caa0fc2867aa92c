#!/usr/bin/env bash
# Runs the tests that need AWS's servers: the conformance suites of `infra-aws` and the jobs on S3, DynamoDB, OpenSearch,
# SQS, Cognito and OTLP. Usage:
#   tests/aws.sh                          all of them
#   tests/aws.sh -- --nocapture           all of them, with arguments for the tests
#   tests/aws.sh --test dynamodb          those that the arguments of `cargo test` choose
#   tests/aws.sh servers                  only the servers, for trying things by hand, until interrupted
# The servers are installed once, started on free ports of 127.0.0.1 and stopped at the end. If the variables of
# tests/servers/start.sh are set already (WAYPOST_TEST_OPENSEARCH and so on), the servers they name are used instead.
set -euo pipefail
cd "$(dirname "$0")/.."

start_servers() {
  tests/servers/setup.sh
  folder=$(mktemp -d "${TMPDIR:-/tmp}/waypost-servers.XXXXXX")
  trap stop_servers EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  tests/servers/start.sh "$folder"
  # shellcheck source=/dev/null
  . "$folder/env"
}

stop_servers() {
  local status=$?
  tests/servers/stop.sh "$folder" || true
  if [ "$status" -eq 0 ] || [ "$status" -ge 128 ]; then
    rm -rf "$folder"
  else
    find "$folder" -mindepth 1 -maxdepth 1 ! -name logs -exec rm -rf {} +
    echo "what the servers said is kept in $folder/logs" >&2
  fi
}

# Both packages in one command, and always both: cargo then resolves one set of features and builds everything once.
cargo_test=(cargo test --locked --features aws -p infra-aws -p jobs)

# Every test target of infra-aws, its unit tests, and the jobs' target `aws`.
all_tests() {
  local file
  selection=(--lib --test aws)
  for file in infra/aws/tests/*.rs infra/aws/tests/*/main.rs; do
    [ -f "$file" ] || continue
    file=${file%/main.rs}
    selection+=(--test "$(basename "$file" .rs)")
  done
}

if [ "${1:-}" = servers ]; then
  start_servers
  cat "$folder/env"
  echo "# interrupt to stop the servers" >&2
  while :; do sleep 1; done
fi

# The test servers' credentials, for backends that the tests open themselves.
export AWS_ACCESS_KEY_ID=testkey AWS_SECRET_ACCESS_KEY=testsecret AWS_REGION=eu-west-1 AWS_EC2_METADATA_DISABLED=true
selection=()
if [ $# -eq 0 ] || [ "$1" = -- ]; then all_tests; fi
[ -n "${WAYPOST_TEST_OPENSEARCH:-}" ] || start_servers
"${cargo_test[@]}" "${selection[@]}" "$@"
# Real boards, where they lie beside the clone.
if [ "${selection[*]-}" ] && [ -d ../shared/data/corpora/ashby_boards ]; then
  "${cargo_test[@]}" --test aws -- --ignored
fi
