"""The closed loop over web servers: each is started without CORS, and with a configuration that knows another page only. whycors says
what to paste; the server is started with that, and then the request passes, what passed before still does, and a stranger's does not.
What Starlette refuses in its own words is told by the names of its lists.   usage: frameworks.py WHYCORS WORKDIR"""
import http.server, json, os, subprocess, sys, threading

from common import check, finish, free_port, wait_port

whycors, work = sys.argv[1:3]
APP, OLD, STRANGER = "https://app.example.com", "https://old.example.com", "https://stranger.example"


# Each way to write a server: the configuration in its language, and the program that runs it.

def express(port, paste):
    return "server.js", ["node"], f"""
const express = require("express");
const app = express();
{paste}
app.all("/items", (request, response) => request.method === "OPTIONS" ? response.sendStatus(404) : response.json([]));
app.listen({port}, "127.0.0.1");
"""


def fastapi(port, paste):
    return "server.py", [sys.executable], f"""
from fastapi import FastAPI
app = FastAPI()
{paste}

@app.api_route("/items", methods=["GET", "PUT"])
def items():
    return []

import uvicorn
uvicorn.run(app, host="127.0.0.1", port={port}, log_level="critical")
"""


def flask(port, paste):
    return "server.py", [sys.executable], f"""
from flask import Flask
app = Flask(__name__)
{paste}

@app.route("/items", methods=["GET", "PUT"])
def items():
    return []

from werkzeug.serving import run_simple
run_simple("127.0.0.1", {port}, app)
"""


def django(port, paste):
    cors = '"corsheaders.middleware.CorsMiddleware",' if paste else ""
    return "server.py", [sys.executable], f"""
from django.conf import settings
{paste}
settings.configure(
    DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, INSTALLED_APPS=["corsheaders"], MIDDLEWARE=[{cors} "django.middleware.common.CommonMiddleware"],
    **{{name: value for name, value in globals().items() if name.startswith("CORS_")}})
import django
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.http import require_http_methods
urlpatterns = [path("items", require_http_methods(["GET", "PUT"])(lambda request: JsonResponse([], safe=False)))]
django.setup()
from django.core.wsgi import get_wsgi_application
from wsgiref.simple_server import WSGIRequestHandler, make_server
WSGIRequestHandler.log_message = lambda *_: None
make_server("127.0.0.1", {port}, get_wsgi_application()).serve_forever()
"""


def rails(port, paste):
    paste = paste.replace("Rails.application.config.middleware.insert_before 0,", "use")
    return "config.ru", ["rackup", "--quiet", "--server", "webrick", "--host", "127.0.0.1", "--port", str(port)], f"""
require "rack/cors"
{paste}
run ->(env) {{ [env["REQUEST_METHOD"] == "OPTIONS" ? 404 : 200, {{ "Content-Type" => "application/json" }}, ["[]"]] }}
"""


def nginx(port, paste):
    # A pasted `map` belongs in front of the server, the rest into it; what it leaves open goes to the application.
    before, found, location = paste.rpartition("location / {")
    location = found + location.replace("# proxy_pass …", f"proxy_pass http://127.0.0.1:{upstream};") if found else f"location / {{ proxy_pass http://127.0.0.1:{upstream}; }}"
    temps = " ".join(f"{kind}_temp_path {work}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    return "nginx.conf", ["nginx", "-p", work, "-e", "/dev/null", "-c"], f"""
daemon off; pid {work}/nginx-{port}.pid; worker_processes 1;
events {{}}
http {{ access_log off; {temps} {before}
  server {{ listen 127.0.0.1:{port}; {location} }} }}
"""


def apache(port, paste):
    modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
                      for name in ("mpm_event", "authz_core", "headers", "setenvif", "rewrite", "proxy", "proxy_http"))
    return "apache.conf", ["apache2", "-D", "FOREGROUND", "-f"], f"""
ServerRoot {work}
{modules}
PidFile {work}/apache-{port}.pid
ErrorLog /dev/null
ServerName localhost
Listen 127.0.0.1:{port}
{paste}
ProxyPass / http://127.0.0.1:{upstream}/
"""


def caddy(port, paste):
    return "Caddyfile", ["caddy", "run", "--adapter", "caddyfile", "--config"], f"""
{{
  admin off
  auto_https off
}}
http://127.0.0.1:{port} {{
{paste}
  reverse_proxy 127.0.0.1:{upstream}
}}
"""


class Server:
    def __init__(self, write, paste=""):
        self.port = free_port()
        name, command, text = write(self.port, paste)
        path = os.path.join(work, f"{self.port}-{name}")
        with open(path, "w") as file:
            file.write(text)
        self.log = open(path + ".log", "w+")
        self.process = subprocess.Popen([*command, path], stdout=self.log, stderr=self.log, env={**os.environ, "HOME": work, "XDG_DATA_HOME": work})
        if not wait_port(self.port, self.process):
            self.log.seek(0)
            sys.exit(f"FAILED {write.__name__} does not listen with:\n{text}\n{self.log.read()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def probe(self, origin, method="PUT", headers=("content-type: application/json",)):
        arguments = [whycors, "probe", f"http://127.0.0.1:{self.port}/items", "--origin", origin, "--method", method, "--format", "json"]
        for header in headers:
            arguments += ["--header", header]
        return json.loads(subprocess.run(arguments, capture_output=True, text=True, timeout=60).stdout)


def proposed(report, label):
    snippets = [s for fix in (report["diagnosis"] or {"fixes": []})["fixes"] for s in fix["snippets"]]
    return next((s["code"] for s in snippets if s["label"].startswith(label)), None)


# Another origin, method and header are allowed already, and the answer says so; flask-cors says nothing when it refuses.
BEFORE = {
    express: f'app.use(require("cors")({{ origin: "{OLD}", methods: ["DELETE"], allowedHeaders: ["x-old"] }}));',
    fastapi: f'from fastapi.middleware.cors import CORSMiddleware\napp.add_middleware(CORSMiddleware, allow_origins=["{OLD}", "{APP}"], '
             'allow_methods=["DELETE"], allow_headers=["x-old"])',
    django: f'CORS_ALLOWED_ORIGINS = ["{OLD}", "{APP}"]\nCORS_ALLOW_METHODS = ["DELETE"]\nCORS_ALLOW_HEADERS = ["x-old"]',
}
class Application(http.server.BaseHTTPRequestHandler):
    """What stands behind the proxies: it knows no OPTIONS."""
    server_version, sys_version = "application", ""

    def do_GET(self):
        self.send_response(200 if self.command in ("GET", "PUT", "DELETE") else 405)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PUT = do_DELETE = do_OPTIONS = do_GET

    def log_message(self, *_):
        pass


application = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Application)
threading.Thread(target=application.serve_forever, daemon=True).start()
upstream = application.server_port
for write, label in ((express, "Express"), (fastapi, "FastAPI"), (flask, "Flask"), (django, "Django"), (rails, "Rails"), (nginx, "nginx"), (apache, "Apache"), (caddy, "Caddy")):
    for name, before in (("without CORS", ""), ("with too little of it", BEFORE.get(write))):
        if before is None:
            continue
        name = f"{label} {name}"
        with Server(write, before) as server:
            refused = server.probe(APP)
        code = proposed(refused, label)
        cause = refused["diagnosis"] and refused["diagnosis"]["cause"]
        check(f"{name}: refused, {cause}", refused["verdict"]["allowed"] is False and code, json.dumps(refused["diagnosis"], indent=1))
        with Server(write, code) as server:
            allowed, stranger = server.probe(APP), server.probe(STRANGER)
            check(f"{name}: what is proposed is enough", allowed["verdict"]["allowed"], code + json.dumps(allowed["diagnosis"], indent=1))
            check(f"{name}: and lets no stranger in", stranger["verdict"]["allowed"] is False, code)
            if before:
                # Express names its one origin in the answer; from a list the others do not show.
                kept = server.probe(OLD if write is express else APP, "DELETE", ("x-old",))
                check(f"{name}: and takes nothing away", kept["verdict"]["allowed"], code + json.dumps(kept["diagnosis"], indent=1))

for lacking, words in (("allow_origins", "to its allow_origins"), ("allow_methods", "PUT to its allow_methods")):
    lists = {"allow_origins": [APP], "allow_methods": ["PUT"], lacking: []}
    with Server(fastapi, f"from fastapi.middleware.cors import CORSMiddleware\napp.add_middleware(CORSMiddleware, **{lists!r})") as server:
        said = json.dumps(server.probe(APP)["diagnosis"])
    check(f"Starlette without {lacking}", words in said, said)
finish()
