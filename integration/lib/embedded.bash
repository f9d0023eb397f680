# Starts an embedded cluster in a process of its own and ends it again. Sourced, not run.
# shellcheck shell=bash

embedded_pid='' embedded_dir=''
embedded_start_seconds=300 # ./tikv may have to build itself first
embedded_stop_seconds=120

# start_embedded COMMAND...: runs it, waits for its line "ready pd=ADDRESS ..." and exports PD_ADDRS.
start_embedded() {
  local deadline=$((SECONDS + embedded_start_seconds)) ready=''
  embedded_dir=$(mktemp -d) || return 1
  "$@" >"$embedded_dir/out" 2>"$embedded_dir/err" </dev/null &
  embedded_pid=$!
  while [ -z "$ready" ] && [ $SECONDS -lt $deadline ] && kill -0 "$embedded_pid" 2>/dev/null; do
    ready=$(sed -n 's/^ready pd=\([^ ]*\).*/\1/p' "$embedded_dir/out" 2>/dev/null)
    [ -n "$ready" ] || sleep 0.2
  done
  if [ -z "$ready" ]; then
    echo "the embedded cluster did not come up: $*" >&2
    tail -n 20 "$embedded_dir/err" >&2
    stop_embedded
    return 1
  fi
  export PD_ADDRS=$ready
}

# stop_embedded: ends it with SIGTERM; says so and fails when it does not end in time.
stop_embedded() {
  local deadline=$((SECONDS + embedded_stop_seconds)) clean=0
  if [ -n "$embedded_pid" ]; then
    kill -TERM "$embedded_pid" 2>/dev/null
    while kill -0 "$embedded_pid" 2>/dev/null && [ $SECONDS -lt $deadline ]; do sleep 0.1; done
    if kill -0 "$embedded_pid" 2>/dev/null; then
      echo "the embedded cluster (process $embedded_pid) did not end within $embedded_stop_seconds s of SIGTERM: killed" >&2
      kill -KILL "$embedded_pid" 2>/dev/null
      clean=1
    fi
    wait "$embedded_pid" 2>/dev/null
  fi
  [ -z "$embedded_dir" ] || rm -rf "$embedded_dir"
  embedded_pid='' embedded_dir=''
  unset PD_ADDRS
  return $clean
}
