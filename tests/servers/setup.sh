#!/usr/bin/env bash
# Installs the servers that the AWS tests speak to, all of them or those named, each once per version.
# Usage: tests/servers/setup.sh [NAME…]
# They go to $WAYPOST_SERVERS, or ~/.cache/waypost/servers; nothing is written into the tree.
set -euo pipefail
servers=$(cd "$(dirname "$0")" && pwd)
. "$servers/places.sh"

# A server is made in a folder of its own and renamed when it is whole, so an interrupted set-up leaves nothing that
# looks installed.
install() {
  local name=$1 target partial log
  target=$(installed "$name")
  [ -d "$target" ] && return
  partial="$target.partial.$BASHPID"
  log="$servers_home/$name.log"
  echo "installing $name $(cat "$servers/$name/version")"
  rm -rf "$partial"
  mkdir -p "$partial"
  if ! bash "$servers/$name/install.sh" "$partial" >"$log" 2>&1; then
    rm -rf "$partial"
    tail -n 20 "$log" >&2
    fail "$name could not be installed; the whole log is $log"
  fi
  # Somebody else may have been faster; theirs is as good.
  mv -T "$partial" "$target" 2>/dev/null || rm -rf "$partial"
}

# installs of the names in $1 that are wanted, one after the other.
lane() {
  local name
  for name in $1; do
    case " $wanted " in *" $name "*) install "$name" ;; esac
  done
}

check_names "$@"
wanted="${*:-${all_servers[*]}}"
mkdir -p "$servers_home"
find "$servers_home" -maxdepth 1 -name '*.partial.*' -mmin +120 -exec rm -rf {} +

# Downloads wait for the network and Go builds for the processor: one lane each.
lane "opensearch dynamodb sqs mail cognito" &
downloads=$!
lane "s3 otlp" &
builds=$!
trap 'kill "$downloads" "$builds" 2>/dev/null || true' INT TERM
status=0
wait "$downloads" || status=1
wait "$builds" || status=1
exit "$status"
