# shellcheck shell=bash
# Tells a server that was started here from a later process that was given the same id.

# birth PID: when it was started, in ticks since boot; nothing if it has ended (a zombie has).
birth() {
  local rest
  rest=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  # The name in the second field may hold spaces; behind it come the state and, 19 further, the start.
  # shellcheck disable=SC2086
  set -- ${rest##*) }
  [ "$1" = Z ] || echo "${20}"
}

# running FOLDER NAME: whether the process noted in FOLDER/pids/NAME (its id and birth) still runs; sets `pid`.
running() {
  local born
  read -r pid born 2>/dev/null <"$1/pids/$2" || return 1
  [ -n "$born" ] && [ "$(birth "$pid")" = "$born" ]
}
