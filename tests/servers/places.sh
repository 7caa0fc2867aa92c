# shellcheck shell=bash disable=SC2034,SC2154  # variables are set and read across files
# What the scripts beside this one agree on: the servers' names, where each is installed, and how to complain.
# Sourced with `servers` set to this folder.

# In the order in which they are listed to people; each is a folder here.
all_servers=(opensearch dynamodb s3 sqs cognito otlp mail)
servers_home=${WAYPOST_SERVERS:-${XDG_CACHE_HOME:-$HOME/.cache}/waypost/servers}

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$1" >&2
  exit 1
}

# need COMMAND PACKAGE: stops unless COMMAND can be run.
need() {
  command -v "$1" >/dev/null || fail "$1 was not found; install $2 and try again"
}

check_names() {
  local name
  for name in "$@"; do
    [ -f "$servers/$name/install.sh" ] || fail "there is no server called $name; there are: ${all_servers[*]}"
  done
}

# installed NAME: the folder of this version of NAME. Its name carries the version and a sum of what it was made from, so
# that another version, or a changed recipe, is installed beside it and an old clone goes on working.
installed() {
  local sum
  # Each server has some of these files.
  sum=$(cd "$servers/$1" &&
    { cat install.sh version pom.xml ./*.java manifest.yaml requirements.txt 2>/dev/null || true; } | cksum)
  sum=${sum%% *}
  printf '%s/%s-%s-%s\n' "$servers_home" "$1" "$(cat "$servers/$1/version")" "$sum"
}
