"""The body of check.sh: makes the file of checks, runs it, compares every form of output with what was expected."""
import json, os, re, shlex, subprocess, sys, tomllib, xml.etree.ElementTree as xml
from urllib.parse import urlsplit

from common import check as ok, finish

whycors, root, work = sys.argv[1:]
WORLDS, ROUNDS = 20, 5
COUNT = WORLDS * ROUNDS * 2


def blocked_worlds():
    """Worlds that end blocked every time, no two with the same host."""
    hosts = set()
    for code in sorted(entry.name for entry in os.scandir(f"{root}/fixtures/cause") if entry.is_dir()):
        file = f"{root}/fixtures/cause/{code}/world.toml"
        world = tomllib.load(open(file, "rb"))
        ask, expect = world["ask"], world["expect"]
        plain = set(ask) <= {"url", "origin", "method", "headers"} and not set(world) & {"dns", "connect", "tls", "s3", "clock", "options"}
        plain = plain and not any(isinstance(exchange["reply"], list) for exchange in world.get("exchange", []))
        host = urlsplit(ask["url"]).netloc
        if plain and expect.get("allowed") is False and expect.get("stage") == "preflight" and expect.get("cause") == code and host not in hosts:
            hosts.add(host)
            yield code
        if len(hosts) == WORLDS:
            return


def lab(codes):
    """Starts the lab; gives the process and, for each world, the arguments of its probe."""
    process = subprocess.Popen([whycors, "lab", *[f"cause/{code}" for code in codes]], stdout=subprocess.PIPE, text=True)
    asks = []
    for line in process.stdout:
        words = shlex.split(line) if line.strip().startswith("whycors probe") else []
        if words:
            asks.append(words[2:])
        if "The worlds are up" in line:
            return process, asks
    sys.exit("the lab did not come up")


def option(words, name):
    return [words[i + 1] for i, word in enumerate(words) if word == name]


def write_checks(path, codes, asks, only_met=False):
    """Ten checks a world, half of them met; gives the lines of those that are not."""
    lines, missed = [], []
    for code, words in zip(codes, asks):
        common = [f'url = "{words[0]}"', f'origin = "{option(words, "--origin")[0]}"', f'method = "{option(words, "--method")[0]}"',
                  f'headers = {json.dumps(option(words, "--header"))}']
        right = [("its cause", f'{{cause = "{code}"}}', True), ("blocked", '"blocked"', True)]
        wrong = [("another cause", '{cause = "tcp-refused"}', False), ("allowed", '"allowed"', False)]
        alternating = [pair[n % 2] for n in range(ROUNDS) for pair in ((right,) if only_met else (right, wrong))]
        for name, expect, met in alternating:
            start = len(lines) + 1
            lines += ["[[check]]", f'name = "{code}: {name}"', *common, f"expect = {expect}", ""]
            if not met:
                missed.append((start, start + len(common) + 2))
    with open(path, "w") as file:
        file.write("\n".join(lines))
    return missed


def run(asks, *arguments):
    routes = []
    for words in asks:
        url = urlsplit(words[0])
        port = url.port or {"https": 443, "http": 80}[url.scheme]
        routes += ["--connect-to", f"{url.hostname}:{port}:127.0.0.1:{option(words, '--connect-to')[0].rsplit(':', 1)[1]}"]
    ended = subprocess.run([whycors, "check", *arguments, *routes, "--cacert", option(asks[0], "--cacert")[0]], cwd=work, capture_output=True, text=True)
    return ended.returncode, ended.stdout


codes = list(blocked_worlds())
ok(f"{WORLDS} worlds with hosts of their own", len(codes) == WORLDS, len(codes))
process, asks = lab(codes)
try:
    missed = write_checks(f"{work}/checks.toml", codes, asks)
    write_checks(f"{work}/met.toml", codes, asks, only_met=True)
    status, annotations = run(asks, "checks.toml", "--format", "github", *[w for kind in ("json=out.json", "junit=out.xml", "sarif=out.sarif", "html=out.html") for w in ("--report", kind)])
    ok("exit status 1 when some are not met", status == 1, status)
    summary = json.load(open(f"{work}/out.json"))["summary"]
    ok("the summary counts them", (summary["total"], summary["met"], summary["unmet"]) == (COUNT, COUNT // 2, COUNT // 2), summary)
    lines = [int(n) for n in re.findall(r"^::error file=checks\.toml,line=(\d+)", annotations, re.M)]
    inside = len(lines) == len(missed) and all(start <= line < end for line, (start, end) in zip(sorted(lines), missed))
    ok("one annotation for each, within its own check", inside, (len(lines), lines[:5], missed[:5]))
    suites = xml.parse(f"{work}/out.xml").getroot()
    ok("JUnit counts them", (len(suites.findall(".//testcase")), len(suites.findall(".//testcase/failure"))) == (COUNT, COUNT // 2), suites.attrib)
    results = json.load(open(f"{work}/out.sarif"))["runs"][0]["results"]
    where = sorted(r["locations"][0]["physicalLocation"]["region"]["startLine"] for r in results if r.get("level") == "error")
    ok("SARIF points at the same lines", where == sorted(lines), where[:9])
    html = open(f"{work}/out.html").read()
    ok("the HTML names every check", all(f"{code}: allowed" in html for code in codes), len(html))
    status, _ = run(asks, "met.toml", "--format", "json")
    ok("exit status 0 when all are met", status == 0, status)
finally:
    process.terminate()
finish()
