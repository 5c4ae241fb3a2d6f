#!/usr/bin/env python3
"""Fleets side by side with `curl --parallel` on loopback: rate, CPU a probe, flat memory, silent targets.

usage: python3 benches/fleet.py [BINARY] [--targets N] [--rounds N] [--only ROW] [--json FILE]

Needs curl, nginx, openssl, GNU time and Python alone. "Distinct hosts" are the addresses of 127.0.0.0/8, so neither side resolves
a name there; nginx answers all of them. Both programs send the same OPTIONS; whycors also judges, diagnoses and writes a report
of each. Medians of the rounds, taken in turn. A row that misses its aim is printed as such; the exit status is 0 all the same.
"""
import argparse, json, os, resource, shutil, socket, ssl, statistics, subprocess, sys, tempfile, threading, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from compare import HEADERS, certificate

ORIGIN = "https://app.example.com"
AIMS = {  # row: {measure: (bound, "most" or "least")}
    "keep-alive, one host": {"cpu a probe": (0.45, "most")},
    "distinct hosts, cold http": {"cpu a probe": (0.30, "most"), "rate": (3, "least")},
    "distinct hosts, cold https": {"rate": (2.2, "least")},
    "memory, 100,000 targets / 1,000": {"memory": (1.25, "most")},
    "silent, refused and missing": {"time / time-out": (1.10, "most")},
}
NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log /dev/null crit;
events {{ worker_connections 16384; }}
http {{
  access_log off; keepalive_requests 1000000; {temps}
  server {{
    listen {plain} backlog=4096; listen {secure} ssl backlog=4096; http2 off;
    ssl_certificate {leaf}; ssl_certificate_key {key}; ssl_session_tickets off; ssl_session_cache off;
    location / {{
      add_header Access-Control-Allow-Origin {origin}; add_header Access-Control-Allow-Methods PUT;
      add_header Access-Control-Allow-Headers content-type; add_header Vary Origin; return 204;
    }}
  }}
}}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def start_nginx(folder, leaf, key):
    plain, secure = free_port(), free_port()
    temps = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    text = NGINX.format(folder=folder, temps=temps, plain=plain, secure=secure, leaf=leaf, key=key, origin=ORIGIN)
    if subprocess.run([nginx(), "-v"], capture_output=True, text=True).stderr.split("/")[1] < "1.25":
        text = text.replace(" http2 off;", "")
    with open(os.path.join(folder, "nginx.conf"), "w") as file:
        file.write(text)
    process = subprocess.Popen([nginx(), "-p", folder, "-c", os.path.join(folder, "nginx.conf")], stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", plain), 1).close()
            return process, plain, secure
        except OSError:
            time.sleep(0.05)
    sys.exit("nginx does not listen")


def nginx():
    return shutil.which("nginx") or "/usr/sbin/nginx"


def address(number):
    """The number-th address of 127.0.0.0/8, from 127.1.0.1."""
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


def run(command):
    """(wall seconds, CPU seconds, peak KiB, status) of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    with tempfile.NamedTemporaryFile("r") as memory:
        status = subprocess.run(["/usr/bin/time", "-o", memory.name, "-f", "%M", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
        wall = time.perf_counter() - begun
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        peak = int(memory.read().split()[-1])
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak, status


def write_fleet(path, urls):
    with open(path, "w") as file:
        for url in urls:
            file.write(json.dumps({"url": url, "origin": ORIGIN, "method": "PUT", "headers": ["content-type"]}) + "\n")


def write_curl(path, urls):
    with open(path, "w") as file:
        for url in urls:
            file.write(f'url = "{url}"\noutput = "/dev/null"\n')


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder, self.results = options, folder, []
        self.curl = shutil.which("curl") or sys.exit("curl is missing")
        self.authority, leaf, key = certificate(folder)
        self.server, self.plain, self.secure = start_nginx(folder, leaf, key)

    def whycors(self, fleet, *more):
        return [self.options.binary, "check", fleet, "--no-follow-up", "--format", "ndjson", *more]

    def compare(self, row, urls, at_once, ours=(), theirs=()):
        fleet, config = os.path.join(self.folder, "fleet.ndjson"), os.path.join(self.folder, "curl.conf")
        write_fleet(fleet, urls)
        write_curl(config, urls)
        mine = self.whycors(fleet, "--jobs", str(at_once), "--per-host", str(at_once), *ours)
        other = [self.curl, "-sS", "--parallel", "--parallel-max", str(at_once), "--parallel-immediate", "-X", "OPTIONS",
                 *[word for header in HEADERS for word in ("-H", header)], *theirs, "-K", config]
        samples = {"whycors": [], "curl": []}
        for _ in range(self.options.rounds):
            for name, command in (("whycors", mine), ("curl", other)):
                wall, cpu, peak, status = run(command)
                if status != 0:
                    sys.exit(f"{name} ended with {status} in {row!r}")
                samples[name].append((wall, cpu, peak))
        middle = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in samples.items()}
        (wall, cpu, peak), (other_wall, other_cpu, other_peak) = middle["whycors"], middle["curl"]
        count = len(urls)
        self.show(row, {
            "cpu a probe": (cpu / other_cpu, f"{cpu / count * 1e6:.0f}/{other_cpu / count * 1e6:.0f} µs"),
            "rate": (other_wall / wall, f"{count / wall:.0f}/{count / other_wall:.0f} a second"),
            "memory": (peak / other_peak, f"{peak}/{other_peak} KiB"),
        })

    def show(self, row, measures):
        words = []
        for name, (ratio, text) in measures.items():
            bound, kind = AIMS.get(row, {}).get(name, (None, None))
            verdict = "" if bound is None else f" (aim {bound}: {'met' if (ratio <= bound if kind == 'most' else ratio >= bound) else 'MISSED'})"
            words.append(f"{name} {text} = {ratio:.3f}{verdict}")
        print(f"{row:<32} {'; '.join(words)}", flush=True)
        self.results.append({"row": row, **{name: {"ratio": round(ratio, 3), "text": text} for name, (ratio, text) in measures.items()}})

    def keep_alive(self):
        self.compare("keep-alive, one host", [f"http://127.0.0.1:{self.plain}/{n}" for n in range(self.options.targets)], 64)

    def cold_http(self):
        self.compare("distinct hosts, cold http", [f"http://{address(n)}:{self.plain}/x" for n in range(self.options.targets)], 64)

    def cold_https(self):
        urls = [f"https://{address(n)}:{self.secure}/x" for n in range(self.options.targets // 5)]
        # The certificate names one address; neither side checks the name, both check nothing else either.
        self.compare("distinct hosts, cold https", urls, 64, ["--insecure"], ["--insecure"])

    def memory(self):
        peaks = []
        for count in (1_000, 100_000):
            fleet = os.path.join(self.folder, "fleet.ndjson")
            write_fleet(fleet, [f"http://{address(n)}:{self.plain}/x" for n in range(count)])
            peaks.append(run(self.whycors(fleet, "--jobs", "64"))[2])
        self.show("memory, 100,000 targets / 1,000", {"memory": (peaks[1] / peaks[0], f"{peaks[1]}/{peaks[0]} KiB")})

    def silent(self):
        """2,000 targets, of each ten one silent, one refused, one name that does not exist; 2 s, 256 at once."""
        silent, dead, names = Silent(), free_port(), Nowhere()
        kinds = {0: f"http://127.0.0.1:{silent.port}/", 1: f"http://127.0.0.1:{dead}/"}
        urls = [f"https://gone{n}.example.test/" if n % 10 == 2 else kinds.get(n % 10, f"http://{address(n)}:{self.plain}/") + str(n) for n in range(2_000)]
        fleet = os.path.join(self.folder, "fleet.ndjson")
        write_fleet(fleet, urls)
        command = self.whycors(fleet, "--jobs", "256", "--per-host", "256", "--timeout", "2", "--dns-server", f"127.0.0.1:{names.port}")
        wall = statistics.median(run(command)[0] for _ in range(self.options.rounds))
        self.show("silent, refused and missing", {"time / time-out": (wall / 2, f"{wall:.2f}/2 s")})


class Silent:
    """Accepts and says nothing."""
    def __init__(self):
        self.listener, self.kept = socket.create_server(("127.0.0.1", 0), backlog=1024), []
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=lambda: [self.kept.append(self.listener.accept()) for _ in iter(int, 1)], daemon=True).start()


class Nowhere:
    """A name server that knows no name."""
    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.answer, daemon=True).start()

    def answer(self):
        while True:
            query, peer = self.socket.recvfrom(4096)
            end = query.index(b"\0", 12) + 5
            self.socket.sendto(query[:2] + b"\x81\x83\0\1\0\0\0\0\0\0" + query[12:end], peer)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", nargs="?", default="target/release/whycors")
    arguments.add_argument("--targets", type=int, default=5000)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--only", choices=["keep_alive", "cold_http", "cold_https", "memory", "silent"])
    arguments.add_argument("--json")
    options = arguments.parse_args()
    options.binary = os.path.abspath(options.binary)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        bench = Bench(options, folder)
        try:
            for row in [options.only] if options.only else ["keep_alive", "cold_http", "cold_https", "memory", "silent"]:
                getattr(bench, row)()
        finally:
            bench.server.terminate()
            bench.server.wait()
        if options.json:
            with open(options.json, "w") as file:
                json.dump(bench.results, file, indent=1)


if __name__ == "__main__":
    main()
