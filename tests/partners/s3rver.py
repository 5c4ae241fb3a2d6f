"""The closed loop over a real S3-compatible server: for each refused request, `suggest` writes a configuration, the server
is started with it, and then the request passes while a stranger's origin still does not. What whycors reads offline from
URLs and forms presigned by boto3 is compared with what boto3 was given.   usage: s3rver.py WHYCORS S3RVER WORKDIR"""
import base64, json, os, subprocess, sys, tempfile, time
from urllib.parse import parse_qsl, urlsplit

import boto3
from botocore.config import Config

from common import check, finish, free_port, wait_port

whycors, s3rver, work = sys.argv[1:4]
APP, STRANGER = "https://app.example.com", "https://stranger.example"


class Server:
    """s3rver reads its configuration at start only."""

    def __init__(self, xml):
        self.port = free_port()
        path = os.path.join(work, "cors.xml")
        args = [s3rver, "-s", "-d", tempfile.mkdtemp(dir=work), "-a", "127.0.0.1", "-p", str(self.port), "--configure-bucket", "uploads"]
        if xml:
            open(path, "w").write(xml)
            args.append(path)
        self.process = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not wait_port(self.port, self.process):
            sys.exit("s3rver does not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def probe(server, method, headers, origin, key="photo.jpg"):
    args = [whycors, "probe", f"http://127.0.0.1:{server.port}/uploads/{key}", "--origin", origin, "--method", method, "--format", "json"]
    for h in headers:
        args += ["--header", h]
    run = subprocess.run(args, capture_output=True, text=True)
    try:
        return run.returncode, json.loads(run.stdout)
    except ValueError:
        sys.exit(f"no report: {run.stderr}")


def suggest(method, headers, existing=None):
    args = [whycors, "suggest", "--origin", APP, "--method", method, "--form", "xml"]
    for h in headers:
        args += ["--header", h]
    if existing:
        path = os.path.join(work, "existing.xml")
        open(path, "w").write(existing)
        args += ["--config", path]
    run = subprocess.run(args, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"suggest: {run.stderr}")
    return run.stdout


EXISTING = """<CORSConfiguration><CORSRule><AllowedOrigin>https://other.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>"""
REQUESTS = [
    ("PUT", ["content-type"]), ("PUT", ["x-amz-acl"]), ("PUT", ["content-type", "x-amz-meta-name", "cache-control"]), ("DELETE", []),
    ("POST", ["content-type"]), ("POST", ["x-requested-with"]), ("PUT", []), ("GET", ["range"]), ("HEAD", ["x-amz-checksum-mode"]),
    ("GET", ["authorization"]), ("PUT", ["content-md5", "x-amz-storage-class"]), ("DELETE", ["x-amz-date", "x-amz-content-sha256", "authorization"]),
    ("PUT", ["x-amz-sdk-checksum-algorithm", "x-amz-checksum-crc32"]),
]
for method, headers in REQUESTS:
    name = f"{method} {','.join(headers)}"
    with Server(EXISTING) as server:
        status, report = probe(server, method, headers, APP)
        check(f"{name}: refused", status == 1 and report["diagnosis"], report["verdict"])
    xml = suggest(method, headers, EXISTING)
    with Server(xml) as server:
        status, report = probe(server, method, headers, APP)
        check(f"{name}: passes the preflight with what was suggested", report["verdict"]["preflight"] in ("passed", "not-required"), json.dumps(report["verdict"])[:600])
        stranger, _ = probe(server, method, headers, STRANGER)
        check(f"{name}: a stranger stays out", stranger == 1, xml)
        other, _ = probe(server, "GET", [], "https://other.example.com")
        check(f"{name}: what was allowed stays allowed", other == 0, xml)


def presigned(version, operation, region="eu-west-1", token=None, expires=900):
    client = boto3.client("s3", region_name=region, aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="secret", aws_session_token=token,
                          config=Config(signature_version=version, s3={"addressing_style": "virtual"}))
    return client.generate_presigned_url(operation, Params={"Bucket": "uploads", "Key": "a b/ü.jpg"}, ExpiresIn=expires)


def replayed(url, method):
    record = {"id": "x", "ask": {"url": url, "origin": APP, "method": method, "headers": []}, "probes": []}
    run = subprocess.run([whycors, "replay", "-", "--format", "json"], input=json.dumps(record), capture_output=True, text=True)
    return json.loads(run.stdout)["target"]


for version, name, operation, method in [("s3v4", "v4", "put_object", "PUT"), ("s3v4", "v4", "get_object", "GET"), ("s3", "v2", "put_object", "PUT"), ("s3", "v2", "get_object", "GET")]:
    for token in (None, "session-token-value"):
        target = replayed(presigned(version, operation, token=token), method)
        signed = target["presigned"]
        said = json.dumps(target)
        check(f"boto3 {version} {operation} token={bool(token)}: version", signed["version"] == name, said)
        check(f"boto3 {version} {operation}: bucket and key", (target["bucket"], target["key"]) == ("uploads", "a b/ü.jpg"), said)
        check(f"boto3 {version} {operation}: token seen", bool(signed.get("session_token")) == bool(token), said)
        check(f"boto3 {version} {operation}: nothing secret", "session-token-value" not in said and "AKIAIOSFODNN7EXAMPLE" not in said, said)
        if name == "v4":
            check(f"boto3 {version}: region and lifetime", (signed["scope"]["region"], signed["lifetime"]) == ("eu-west-1", 900), said)


def offline(text):
    """What `probe` reads from a paste without an answer: the port is closed."""
    path = os.path.join(work, "pasted")
    open(path, "w").write(text)
    args = [whycors, "probe", "--from", path, "--origin", APP, "--connect-to", "::127.0.0.1:1", "--no-follow-up", "--format", "json"]
    run = subprocess.run(args, capture_output=True, text=True)
    try:
        return json.loads(run.stdout), run.stdout
    except ValueError:
        sys.exit(f"no report: {run.stderr}")


def signed_form(version, token, conditions, fields, expires=900):
    client = boto3.client("s3", region_name="eu-west-1", aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="secret", aws_session_token=token,
                          config=Config(signature_version=version, s3={"addressing_style": "virtual"}))
    return client.generate_presigned_post("uploads", "in/${filename}", Fields=dict(fields), Conditions=conditions, ExpiresIn=expires)


for version, name in [("s3v4", "v4"), ("s3", "v2")]:
    for token in (None, "session-token-value"):
        label = f"boto3 {version} form token={bool(token)}"
        form = signed_form(version, token, [["content-length-range", 1, 1048576], {"Content-Type": "image/png"}], {"Content-Type": "image/png"})
        policy = json.loads(base64.b64decode(form["fields"]["policy"]))
        curl = "curl " + " ".join(f"-F '{k}={v}'" for k, v in form["fields"].items()) + f" -F file=@a.png '{form['url']}'"
        for way, text in [("JSON", json.dumps(form)), ("curl", curl)]:
            report, said = offline(text)
            signed = report["target"]["presigned"]
            check(f"{label} {way}: version, bucket and key", (signed["version"], report["target"]["bucket"], signed["form"]["key"]) == (name, "uploads", "in/${filename}"), said)
            check(f"{label} {way}: end", signed["expires"] == policy["expiration"], said)
            check(f"{label} {way}: fields", [f for f in signed["form"]["fields"] if f != "file"] == [k.lower() for k in form["fields"]], said)
            wants = {c["field"]: (c["operator"], c.get("value")) for c in signed["form"]["policy"]["conditions"]}
            check(f"{label} {way}: policy", wants["bucket"] == ("eq", "uploads") and wants["key"] == ("starts-with", "in/") and wants["content-type"] == ("eq", "image/png"), said)
            check(f"{label} {way}: size", signed["form"]["policy"]["content_length"] == [1, 1048576], said)
            check(f"{label} {way}: the form agrees with its policy", signed["form"]["problems"] == [] and not signed.get("missing"), said)
            check(f"{label} {way}: token seen", bool(signed.get("session_token")) == bool(token), said)
            secrets = ["session-token-value", "AKIAIOSFODNN7EXAMPLE", form["fields"]["policy"], form["fields"].get("x-amz-signature") or form["fields"]["signature"]]
            check(f"{label} {way}: nothing secret", not any(s in said for s in secrets), said)
            if name == "v4":
                check(f"{label} {way}: region", signed["scope"]["region"] == "eu-west-1", said)

form = signed_form("s3v4", None, [], {})
form["fields"]["acl"] = "public-read"
report, said = offline(json.dumps(form))
check("boto3 form with a field too many: seen", any("acl stands in no condition" in p for p in report["target"]["presigned"]["form"]["problems"]), said)
report, said = offline(json.dumps(signed_form("s3v4", None, [], {}, expires=-60)))
check("boto3 form that is over: seen", "s3-presign-expired" in [report["diagnosis"]["cause"]] + [f["code"] for f in report["findings"]], said)

for version, operation, method in [("s3v4", "put_object", "PUT"), ("s3v4", "get_object", "GET"), ("s3", "put_object", "PUT"), ("s3", "get_object", "GET")]:
    url = presigned(version, operation)
    query = {k.lower(): v for k, v in parse_qsl(urlsplit(url).query)}
    signed = replayed(url, method)["presigned"]
    if version == "s3v4":
        check(f"boto3 {version} {operation}: signed headers", signed["signed_headers"] == query["x-amz-signedheaders"].split(";"), json.dumps(signed))
        check(f"boto3 {version} {operation}: end", signed["expires_at"] - signed["signed_at"] == 900 and signed["date"] == query["x-amz-date"], json.dumps(signed))
    else:
        check(f"boto3 {version} {operation}: end", signed["expires_at"] == int(query["expires"]) and abs(signed["expires_at"] - time.time() - 900) < 60, json.dumps(signed))
finish()
