#!/usr/bin/env bash
# Real name server: a name that exists, one that does not, one refused, one that stays silent.
source "$(dirname "$0")/lib.bash"
debian dnsmasq dnsmasq-base
PATH=$PATH:/usr/sbin
DNS=$(free_port); HTTP=$(free_port); SILENT=$(free_port)
python3 -m http.server "$HTTP" --bind 127.0.0.1 --directory "$WORK" >/dev/null 2>&1 & PIDS+=($!)
# A resolver that never answers.
python3 -c "
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('127.0.0.1', $SILENT)); time.sleep(600)" & PIDS+=($!)
dnsmasq --no-daemon --no-hosts --no-resolv --user=root --port="$DNS" --listen-address=127.0.0.1 --bind-interfaces \
  --address=/s3.test/127.0.0.1 --address=/gone.test/ --host-record=v6.test,::1 --local=/v6.test/ --server=/slow.test/127.0.0.1#"$SILENT" 2>"$WORK/dnsmasq.log" & PIDS+=($!)
wait_port "$HTTP"; wait_port "$DNS"
ARGS=(--origin https://app.example.com --dns-server "127.0.0.1:$DNS" --timeout 3)
ask "a name that exists" 1 actual-response-missing-cors "http://127.0.0.1:$HTTP/" "${ARGS[@]}"
ask "mapped" 1 actual-response-missing-cors "http://bucket.s3.test:$HTTP/" --origin http://app.example.com "${ARGS[@]:2}"
ask "does not exist" 1 dns-nxdomain "https://gone.test/" "${ARGS[@]}"
ask "no IPv4 address" 1 dns-no-address "https://v6.test/" "${ARGS[@]}" -4
ask "refused" 1 dns-refused "https://elsewhere.example/" "${ARGS[@]}"
ask "silent" 1 dns-timeout "https://slow.test/" "${ARGS[@]}"
finish
