#!/usr/bin/env bash
# Every form of output, read by the programs that it is meant for: JSON Schema, XSD, SARIF, promtool, CommonMark, an HTML
# validator, axe-core and a headless Chromium. WHYCORS_KEEP names a folder that keeps the outputs and the screenshots.
source "$(dirname "$0")/lib.bash"
HERE=$(cd "$(dirname "$0")" && pwd); ROOT=$(cd "$HERE/../.." && pwd)
debian node nodejs
debian npm npm
debian "${CHROMIUM:-chromium}" chromium
debian xmllint libxml2-utils
debian promtool prometheus
python3 -c 'import check_jsonschema, markdown_it' 2>/dev/null || again pip install --quiet check-jsonschema markdown-it-py
[ -d "$HERE/node_modules/html-validate" ] || again npm install --prefix "$HERE" --silent --no-audit --no-fund >/dev/null
MODULES=$HERE/node_modules
OUT=${WHYCORS_KEEP:-$WORK/out}; mkdir -p "$OUT"
ok() { PASSED=$((PASSED + 1)); echo "ok $*"; }
also() { # NAME KIND…: the options that write each kind into NAME.KIND
  local name=$1 kind; shift
  for kind in "$@"; do printf -- '--report %s=%s.%s ' "$kind" "$OUT/$name" "$kind"; done
}
KINDS=(json html junit github prometheus sarif markdown)

# Worlds of the lab, each told in every form, then all of them together.
WORLDS=(story/s3-upload-global-endpoint story/tutorial-rules-all-origins cause/s3-presign-expired cause/dns-nxdomain
  cause/header-not-allowed cause/multiple-allow-origin cause/actual-redirect-cross-origin cause/tls-expired)
"$WHYCORS" lab "${WORLDS[@]}" >"$WORK/lab" & PIDS+=($!)
for _ in $(seq 600); do grep -q "worlds are up" "$WORK/lab" && break; sleep 0.1; done
for world in "${WORLDS[@]}"; do
  line=$(grep -F -A1 "$world:" "$WORK/lab" | tail -n 1); name=${world#*/}; status=0
  eval "'$WHYCORS' ${line#*whycors} --map --repeat 2 -qq $(also "$name" "${KINDS[@]}")" || status=$?
  [ "$status" -le 1 ] || { echo "FAILED $world: exit $status" >&2; exit 1; }
done
REPORTS=(); for world in "${WORLDS[@]}"; do REPORTS+=("$OUT/${world#*/}.json"); done
"$WHYCORS" replay "${REPORTS[@]}" -qq $(also many html junit github prometheus sarif markdown) --report ndjson="$OUT/many.ndjson" || true

# Checks: some as expected, some not, and one of which nothing is known.
PORT=$(free_port)
cat >"$WORK/world.py" <<PY
import http.server
class World(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def answer(self):
        self.send_response(200)
        if not self.path.startswith("/bare"):
            self.send_header("Access-Control-Allow-Origin", "https://app.example.com"); self.send_header("Access-Control-Allow-Methods", "PUT")
        self.send_header("Content-Length", "0"); self.end_headers()
    do_OPTIONS = do_GET = answer
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", $PORT), World).serve_forever()
PY
python3 "$WORK/world.py" & PIDS+=($!)
wait_port "$PORT"
cat >"$WORK/whycors.toml" <<TOML
[defaults]
origin = "https://app.example.com"
[[check]]
name = "as expected"
url = "http://127.0.0.1:$PORT/fine"
[[check]]
name = "not, as the <answer> | says \`nothing\`"
urls = ["http://127.0.0.1:$PORT/bare", "http://127.0.0.1:$PORT/bare/2"]
methods = ["GET", "PUT"]
[[check]]
name = "strangers, % and: all"
url = "http://127.0.0.1:$PORT/fine"
origins = ["https://evil.example", "https://app.example.com"]
expect = "blocked"
TOML
status=0
(cd "$WORK" && "$WHYCORS" check whycors.toml -qq --baseline "$OUT/header-not-allowed.json" $(also check "${KINDS[@]}")) || status=$?
[ "$status" = 1 ] || { echo "FAILED check: exit $status" >&2; exit 1; }
python3 - "$OUT/check.sarif" <<'PY'
import json, sys
results = json.load(open(sys.argv[1]))["runs"][0]["results"]
lines = sorted({r["locations"][0]["physicalLocation"]["region"]["startLine"] for r in results if r["level"] == "error"})
assert lines == [6, 10], lines
PY
ok "sarif of a check names the lines of its expectations"
for kind in json sarif github; do
  for config in stray-comma.json template.yaml main.tf rules.xml; do
    "$WHYCORS" lint "$ROOT/fixtures/s3-cors/$config" --format $kind --output "$OUT/lint-${config%.*}.$kind" || [ $? = 1 ]
  done
  "$WHYCORS" lint "$ROOT/fixtures/s3-cors/good.json" --origin https://stranger.example --format $kind --output "$OUT/lint-traced.$kind" || [ $? = 1 ]
done

for schema in report check lint evidence; do "$WHYCORS" schema $schema >"$OUT/$schema.schema"; done
check-jsonschema -q --check-metaschema "$OUT"/*.schema; ok "schemas are schemas"
python3 -c 'import json,sys
for path in sys.argv[2:]:
    report = json.load(open(path)); print(json.dumps({"ask": report["ask"], "probes": report["probes"], "started_at": report["started_at"]}), file=open(sys.argv[1] + "/" + path.rsplit("/", 1)[1] + ".evidence", "w"))
' "$OUT" "${REPORTS[@]}"
check-jsonschema -q --schemafile "$OUT/report.schema" "${REPORTS[@]}"; ok "reports fit their schema"
check-jsonschema -q --schemafile "$OUT/check.schema" "$OUT/check.json"; ok "results of a check fit their schema"
check-jsonschema -q --schemafile "$OUT/lint.schema" "$OUT"/lint-*.json; ok "findings of lint fit their schema"
check-jsonschema -q --schemafile "$OUT/evidence.schema" "$OUT"/*.evidence; ok "evidence fits its schema"
! check-jsonschema -q --schemafile "$OUT/report.schema" "$OUT/check.json" >/dev/null; ok "a schema refuses what is something else"

xmllint --noout --schema "$HERE/junit.xsd" "$OUT"/*.junit 2>"$WORK/xml" || { cat "$WORK/xml" >&2; exit 1; }; ok "JUnit reports fit the XSD"
for file in "$OUT"/*.prometheus; do promtool check metrics <"$file"; done; ok "promtool reads the metrics"
python3 "$HERE/texts.py" "$OUT"/*.github "$OUT"/*.markdown; ok "annotations and Markdown"

# The validator is a .NET program whose package manager hook npm leaves out; it always exits with 0.
chmod u+x "$MODULES"/@microsoft/sarif-multitool-linux/Sarif.Multitool
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
for file in "$OUT"/*.sarif; do
  "$MODULES/.bin/sarif-multitool" validate "$file" >"$WORK/said" 2>&1 || true
  grep -q "Analysis completed successfully" "$WORK/said" && ! grep -E ": error " "$WORK/said" || { echo "FAILED $file" >&2; cat "$WORK/said" >&2; exit 1; }
done
ok "SARIF logs are valid"

"$MODULES/.bin/html-validate" --config "$HERE/htmlvalidate.json" "$OUT"/*.html; ok "HTML is valid"
node "$HERE/reports.mjs" "$MODULES/axe-core/axe.min.js" "$OUT" "$OUT"/{s3-upload-global-endpoint,tutorial-rules-all-origins,s3-presign-expired,dns-nxdomain,many,check}.html
ok "HTML in a browser: axe, no network, filters, light and dark"
finish
