#!/usr/bin/env bash
# Chalice's local server: cors=True, a list of headers that is too short, a route that is not there, one without CORS.
source "$(dirname "$0")/lib.bash"
python3 -c 'import chalice' 2>/dev/null || again pip install --quiet chalice
PORT=$(free_port)
mkdir -p "$WORK/app/.chalice"
echo '{"version": "2.0", "app_name": "notes", "stages": {"dev": {}}}' >"$WORK/app/.chalice/config.json"
cat >"$WORK/app/app.py" <<'APP'
from chalice import BadRequestError, Chalice, CORSConfig

app = Chalice(app_name="notes")


@app.route("/notes", methods=["GET", "PUT"], cors=True, content_types=["application/json"])
def notes():
    return {"notes": []}


@app.route("/one", methods=["PUT"], cors=CORSConfig(allow_origin="https://app.example.com", allow_headers=["X-Tenant"]))
def one():
    return {}


@app.route("/refused", cors=True)
def refused():
    raise BadRequestError("no such note")


@app.route("/plain", methods=["GET", "PUT"])
def plain():
    return {"cors": False}
APP
(cd "$WORK/app" && exec chalice local --host 127.0.0.1 --port "$PORT" --no-autoreload) >"$WORK/chalice.log" 2>&1 & PIDS+=($!)
wait_port "$PORT"
at() { printf 'http://127.0.0.1:%s/%s' "$PORT" "$1"; }
APP=(--origin https://app.example.com)
ask "cors=True" 0 none "$(at notes)" "${APP[@]}" --method PUT --header content-type
ask "a read" 0 none "$(at notes)" "${APP[@]}"
ask "a header that cors=True does not list" 1 'header-not-allowed|sdk-added-header' "$(at notes)" "${APP[@]}" --method PUT --header x-tenant
ask "a header of the list" 0 none "$(at one)" "${APP[@]}" --method PUT --header x-tenant
ask "another origin" 1 allow-origin-mismatch "$(at one)" --origin https://other.example.com --method PUT --header x-tenant
ask "an error that the page may read" 0 none "$(at refused)" "${APP[@]}"
ask "no such route" 1 apigw-missing-route "$(at nowhere)" "${APP[@]}" --method PUT
ask "a route without CORS" 1 'missing-allow-origin|preflight-not-handled' "$(at plain)" "${APP[@]}" --method PUT --header content-type
finish
