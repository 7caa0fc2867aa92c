#!/usr/bin/env bash
# Starts the servers that the AWS tests speak to, all of them or those named, on 127.0.0.1 with their data under FOLDER,
# and waits until each answers. Usage: tests/servers/start.sh FOLDER [NAME…]
#
# FOLDER/env then holds, as variables, the addresses of those that run, FOLDER/logs what they said, FOLDER/ports and
# FOLDER/pids a file each. Ports are free ones, or counted from WAYPOST_TEST_PORT_BASE; a server keeps its port for as
# long as FOLDER exists.
# Credentials everywhere: testkey, testsecret, region eu-west-1. What runs already is left alone.
set -euo pipefail
servers=$(cd "$(dirname "$0")" && pwd)
. "$servers/places.sh"
. "$servers/processes.sh"

# In seconds; generous, for a machine that is busy with a build.
patience=180

choose_ports() {
  local names ports i
  names=("${all_servers[@]}" otlp_grpc)
  [ -f "$folder/ports/${names[-1]}" ] && return
  need python3 "Python 3 (Debian: python3)"
  mapfile -t ports < <(python3 "$servers/ports.py" "${names[@]}")
  [ "${#ports[@]}" -eq "${#names[@]}" ] || fail "no free ports were found"
  for i in "${!names[@]}"; do echo "${ports[$i]}" >"$folder/ports/${names[$i]}"; done
}

port() { cat "$folder/ports/$1"; }

# give_up SENTENCE: fails, and leaves nothing of this start behind.
give_up() {
  [ "${#started[@]}" -eq 0 ] || bash "$servers/stop.sh" "$folder" "${started[@]}"
  fail "$1"
}

launch() {
  local name=$1 home ports taken
  home=$(installed "$name")
  [ -d "$home" ] || give_up "$name is not installed; run tests/servers/setup.sh $name"
  ports=("$(port "$name")")
  if [ "$name" = otlp ]; then ports+=("$(port otlp_grpc)"); fi
  for taken in "${ports[@]}"; do
    # Whoever listens there might answer in the server's place.
    if (: <"/dev/tcp/127.0.0.1/$taken") 2>/dev/null; then
      give_up "port $taken, which $name is to have, is taken by another process"
    fi
  done
  mkdir -p "$folder/$name"
  # A session of its own: an interrupt at the terminal must reach stop.sh's caller, not the servers.
  setsid bash "$servers/$name/run.sh" "$home" "$folder/$name" "${ports[@]}" >"$folder/logs/$name.log" 2>&1 </dev/null &
  echo "$! $(birth $!)" >"$folder/pids/$name"
  started+=("$name")
}

await() {
  local name=$1 deadline=$((SECONDS + patience)) why
  until bash "$servers/$name/answers.sh" "$(port "$name")" >/dev/null 2>&1; do
    why=""
    running "$folder" "$name" || why="ended before it answered"
    [ "$SECONDS" -lt "$deadline" ] || why="did not answer within $patience s"
    if [ -n "$why" ]; then
      tail -n 30 -- "$folder/logs/$name.log" >&2
      give_up "$name $why; above is the end of $folder/logs/$name.log"
    fi
    sleep 0.2
  done
}

write_env() {
  local name
  for name in "${all_servers[@]}"; do
    running "$folder" "$name" || continue
    echo "export WAYPOST_TEST_${name^^}=http://127.0.0.1:$(port "$name")"
    [ "$name" = otlp ] || continue
    echo "export WAYPOST_TEST_OTLP_GRPC=http://127.0.0.1:$(port otlp_grpc)"
    echo "export WAYPOST_TEST_OTLP_FILE=$folder/otlp/received.jsonl"
  done
  # For tests that stop and start a server themselves.
  echo "export WAYPOST_TEST_SERVERS=$folder"
}

mkdir -p "${1:?usage: start.sh FOLDER [NAME…]}"
folder=$(cd "$1" && pwd)
shift
check_names "$@"
[ $# -gt 0 ] || set -- "${all_servers[@]}"
need curl "curl (Debian: curl)"
mkdir -p "$folder/logs" "$folder/pids" "$folder/ports"
choose_ports

started=()
for name in "$@"; do
  running "$folder" "$name" || launch "$name"
done
for name in "${started[@]}"; do await "$name"; done
write_env >"$folder/env.new"
mv "$folder/env.new" "$folder/env"
