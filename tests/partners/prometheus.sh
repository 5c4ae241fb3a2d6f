#!/usr/bin/env bash
# A real Prometheus scrapes two exporters that share the targets; the shipped rules fire when a world breaks.
source "$(dirname "$0")/lib.bash"
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
debian promtool prometheus
debian curl curl
promtool check rules "$ROOT/deploy/whycors.rules.yml" >/dev/null
promtool check config "$ROOT/deploy/prometheus.yml" >/dev/null
"$WHYCORS" serve --config "$ROOT/deploy/whycors.toml" --config.check
WORLD=$(free_port); ONE=$(free_port); TWO=$(free_port); PROM=$(free_port)
cat >"$WORK/world.py" <<PY
import http.server, os
class World(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def answer(self):
        broken = os.path.exists("$WORK/broken")
        self.send_response(403 if broken else 204)
        if not broken:
            for name, value in [("Origin", "https://app.example.com"), ("Methods", "PUT"), ("Max-Age", "600")]:
                self.send_header("Access-Control-Allow-" + name if name != "Max-Age" else "Access-Control-Max-Age", value)
        self.send_header("Content-Length", "0"); self.end_headers()
    do_OPTIONS = do_GET = answer
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", $WORLD), World).serve_forever()
PY
python3 "$WORK/world.py" & PIDS+=($!)
cat >"$WORK/whycors.toml" <<TOML
[targets]
allow = ["http://127.0.0.1:$WORLD/*"]
allow_private = true
[modules.upload]
origin = "https://app.example.com"
method = "PUT"
expect = "allowed"
TOML
"$WHYCORS" serve --config "$WORK/whycors.toml" --listen "127.0.0.1:$ONE" -q & PIDS+=($!)
"$WHYCORS" serve --config "$WORK/whycors.toml" --listen "127.0.0.1:$TWO" -q & PIDS+=($!)
# The shipped files, in quicker time and with this world's ports.
sed -e 's/for: .*m/for: 1s/' "$ROOT/deploy/whycors.rules.yml" >"$WORK/whycors.rules.yml"
python3 - "$ROOT/deploy/prometheus.yml" >"$WORK/prometheus.yml" <<PY
import re, sys
text = open(sys.argv[1]).read()
text = text.replace("scrape_interval: 60s", "scrape_interval: 1s\n  evaluation_interval: 1s").replace("scrape_timeout: 15s", "scrape_timeout: 1s")
text = text.replace("127.0.0.1:9876", "127.0.0.1:$ONE").replace("127.0.0.1:9877", "127.0.0.1:$TWO")
targets = "".join(f"          - http://127.0.0.1:$WORLD/{n}\n" for n in range(8))
print(re.sub(r"(      - targets:\n)(          - http.*\n)+", lambda m: m[1] + targets, text))
PY
promtool check config "$WORK/prometheus.yml" >/dev/null
wait_port "$WORLD"; wait_port "$ONE"; wait_port "$TWO"
prometheus --config.file="$WORK/prometheus.yml" --storage.tsdb.path="$WORK/tsdb" --web.listen-address="127.0.0.1:$PROM" --log.level=error & PIDS+=($!)
wait_port "$PROM"
query() { curl -fsS --get "http://127.0.0.1:$PROM/api/v1/query" --data-urlencode "query=$1" | python3 -c 'import json,sys; r = json.load(sys.stdin)["data"]["result"]; print(r[0]["value"][1] if r else "none")'; }
until_is() { # NAME QUERY WANTED
  local got
  for _ in $(seq 240); do
    got=$(query "$2" 2>&1) || true # not before it is ready
    [ "$got" = "$3" ] && { PASSED=$((PASSED + 1)); echo "ok $1: $got"; return; }
    sleep 0.5
  done
  echo "FAILED $1: wanted $3, got $got" >&2; exit 1
}
until_is "all targets are as expected" 'count(whycors_expectation_met == 1)' 8
until_is "both exporters took a share" 'count(up{job="whycors-itself"} == 1)' 2
for port in "$ONE" "$TWO"; do
  curl -fsS "http://127.0.0.1:$port/metrics" | promtool check metrics
  [ "$(curl -fsS "http://127.0.0.1:$port/metrics" | awk '/^whycors_exporter_probes_total/ {print ($2 > 0)}')" = 1 ] || { echo "FAILED exporter on $port was never asked" >&2; exit 1; }
  PASSED=$((PASSED + 1))
done
curl -fsS "http://127.0.0.1:$ONE/probe?module=upload&target=http://127.0.0.1:$WORLD/x" | promtool check metrics
touch "$WORK/broken"
until_is "a broken world is seen" 'count(whycors_expectation_met == 0)' 8
until_is "its cause is named" 'count(whycors_cause{cause="preflight-forbidden"})' 8
until_is "the shipped alert fires" 'count(ALERTS{alertname="CorsExpectationNotMet",alertstate="firing"})' 8
rm "$WORK/broken"
until_is "it ends when the world is mended" 'count(whycors_expectation_met == 1)' 8
finish
