# Builds Go programs of this folder into a cache outside of the tree. Sourced, not run.
# shellcheck shell=bash

cache=${INTEGRATION_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tikv-direct}

sha() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

# go_build DIR NAME TOOLCHAIN PACKAGE [go build flags...]: prints the path of the program, built now or earlier from
# the same sources. Returns 3 when there is no Go, 1 when the build fails.
go_build() {
  local dir=$1 name=$2 toolchain=$3 package=$4 key program
  shift 4
  key=$(cd "$dir" && { cat go.mod go.sum; find . -name '*.go' ! -name '*_test.go' | LC_ALL=C sort | xargs -r cat
    echo "$toolchain $package $*"; } | sha | cut -c1-16)
  program=$cache/bin/$name-$key
  if [ ! -x "$program" ]; then
    if ! command -v go >/dev/null; then
      echo "Go is not installed: $name cannot be built (install Go 1.25 or newer, or set PD_ADDRS to a cluster of yours)" >&2
      return 3
    fi
    echo "building $name (the first time this takes minutes)" >&2
    mkdir -p "$cache/bin" || return 1
    (
      cd "$dir" || exit 1
      # A second start waits here and then finds the program.
      if command -v flock >/dev/null; then exec 9>"$cache/bin/$name.lock" && flock 9; fi
      [ -x "$program" ] && exit 0
      CGO_ENABLED=0 GOTOOLCHAIN=$toolchain GOFLAGS= go build -buildvcs=false -o "$program.new" "$@" "$package" \
        >&2 9>&- &
      build=$!
      trap 'kill "$build" 2>/dev/null; rm -f "$program.new"; exit 130' INT TERM HUP
      while kill -0 "$build" 2>/dev/null; do
        kill -0 $$ 2>/dev/null || kill -TERM $BASHPID # the script was killed: nobody waits for the build
        sleep 0.2
      done
      wait "$build" && mv "$program.new" "$program"
    ) || { rm -f "$program.new"; echo "building $name failed (go build in $dir)" >&2; return 1; }
    find "$cache/bin" -name "$name-*" ! -name "$name-$key" -type f -mtime +7 -delete
  fi
  echo "$program"
}
