# Shared by the scripts here: install a partner, ask whycors, compare. Sourced with the binary as $1.
set -euo pipefail
WHYCORS=$(realpath "${1:?usage: $0 path/to/whycors}")
PARTNERS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
WORK=$(mktemp -d)
PIDS=()
PASSED=0
cleanup() { for pid in "${PIDS[@]:-}"; do [ -n "$pid" ] && kill "$pid" 2>/dev/null || true; done; rm -rf "$WORK"; }
trap cleanup EXIT

# debian PROGRAM PACKAGE…: install when the program is missing
debian() {
  local program=$1; shift
  command -v "$program" >/dev/null || PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || {
    again apt-get update -qq && DEBIAN_FRONTEND=noninteractive again apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  }
}

# free_port: a port nobody listens on, never the same twice
free_port() {
  local port
  while port=$(PYTHONPATH=$PARTNERS python3 -B -c 'from common import free_port; print(free_port())'); do
    mkdir "$WORK/port-$port" 2>/dev/null && { echo "$port"; return; }
  done
  return 1
}

# again COMMAND…: what fetches from a registry has three tries
again() { "$@" || { sleep 5; "$@"; } || { sleep 20; "$@"; }; }

# wait_port PORT: until somebody listens
wait_port() {
  for _ in $(seq 600); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return 0; fi
    sleep 0.1
  done
  echo "nothing listens on port $1" >&2; return 1
}

# ask NAME WANTED_EXIT WANTED_CAUSE ARGUMENTS…: one probe; the cause `none` wants no diagnosis
ask() {
  local name=$1 wanted_exit=$2 wanted_cause=$3 status=0; shift 3
  "$WHYCORS" probe "$@" --format json >"$WORK/report.json" 2>"$WORK/stderr" || status=$?
  local cause
  cause=$(python3 -c 'import json,sys; d = json.load(open(sys.argv[1]))["diagnosis"]; print(d["cause"] if d else "none")' "$WORK/report.json" 2>/dev/null || echo unreadable)
  if [ "$status" != "$wanted_exit" ] || ! [[ " ${wanted_cause//|/ } " == *" $cause "* ]]; then
    echo "FAILED $name: wanted exit $wanted_exit and $wanted_cause, got exit $status and $cause" >&2
    cat "$WORK/stderr" >&2; head -c 3000 "$WORK/report.json" >&2
    exit 1
  fi
  PASSED=$((PASSED + 1))
  echo "ok $name: exit $status, $cause"
}

finish() { echo "$PASSED passed, 0 failed"; }
