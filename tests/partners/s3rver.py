"""The closed loop over a real S3-compatible server: for each refused request, `suggest` writes a configuration, the server
is started with it, and then the request passes while a stranger's origin still does not. What whycors reads offline from
URLs presigned by boto3 is compared with what boto3 was given.   usage: s3rver.py WHYCORS S3RVER WORKDIR"""
import json, os, socket, subprocess, sys, time, urllib.request

import boto3
from botocore.config import Config

whycors, s3rver, work = sys.argv[1:4]
APP, STRANGER = "https://app.example.com", "https://stranger.example"
passed = 0


def check(name, ok, detail=""):
    global passed
    if not ok:
        sys.exit(f"FAILED {name}: {detail}")
    passed += 1
    print(f"ok {name}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """s3rver reads its configuration at start only."""

    def __init__(self, xml):
        self.port = free_port()
        path = os.path.join(work, "cors.xml")
        args = [s3rver, "-s", "-d", os.path.join(work, f"data{self.port}"), "-a", "127.0.0.1", "-p", str(self.port), "--configure-bucket", "uploads"]
        if xml:
            open(path, "w").write(xml)
            args.append(path)
        os.makedirs(os.path.join(work, f"data{self.port}"))
        self.process = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
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
print(f"{passed} passed, 0 failed")
