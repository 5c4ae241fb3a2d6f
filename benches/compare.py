#!/usr/bin/env python3
"""Side by side with curl on loopback: wall time, CPU and peak memory of a cold probe, medians of many.

usage: python3 benches/compare.py [BINARY] [--runs N] [--json FILE]

Needs curl, openssl and Python alone. Both programs send the same OPTIONS to the same server, one after the other in the same run,
so that a busy machine disturbs both alike. `curl` is asked to do what a user would type; nothing is tuned for either side.
A row that misses its aim is printed as such; the exit status is 0 all the same, for a shared machine proves little.
"""
import argparse, json, os, socket, ssl, statistics, subprocess, sys, tempfile, threading, time

AIMS = {  # row: {measure: most}
    "cold http": {"cpu": 0.45, "memory": 0.6},
    "cold https": {"cpu": 0.35, "wall": 0.6},
    "--version": {"cpu": 0.25},
    "first verdict, 100 ms": {"wall": 1.03},
}
HEADERS = ["Origin: https://app.example.com", "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: content-type"]
ANSWER = (b"HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: https://app.example.com\r\nAccess-Control-Allow-Methods: PUT\r\n"
          b"Access-Control-Allow-Headers: content-type\r\nVary: Origin\r\n\r\n")


def serve(context=None, delay=0.0):
    """A server on a free port of loopback; `delay` seconds pass before each answer and each handshake."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)

    def one(client):
        try:
            time.sleep(delay)
            if context:
                client = context.wrap_socket(client, server_side=True)
            with client:
                while True:
                    seen = b""
                    while b"\r\n\r\n" not in seen:
                        part = client.recv(65536)
                        if not part:
                            return
                        seen += part
                    time.sleep(delay)
                    client.sendall(ANSWER)
        except OSError:
            pass

    def loop():
        while True:
            client, _ = listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=one, args=(client,), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()
    return listener.getsockname()[1]


def certificate(folder):
    """An authority and a leaf for localhost; returns their paths."""
    def run(*command):
        subprocess.run(command, check=True, cwd=folder, capture_output=True)
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "9", "-keyout", "ca.key",
        "-out", "ca.pem", "-subj", "/CN=bench root", "-addext", "keyUsage=critical,keyCertSign")
    run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "leaf.key", "-out", "leaf.csr",
        "-subj", "/CN=127.0.0.1")
    with open(os.path.join(folder, "ext"), "w") as file:
        file.write("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n")
    run("openssl", "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "9", "-extfile", "ext",
        "-out", "leaf.pem")
    return [os.path.join(folder, name) for name in ("ca.pem", "leaf.pem", "leaf.key")]


def measure(command):
    """(wall ms, CPU ms) of one run, and its status."""
    quiet = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
    begun = time.perf_counter()
    pid = os.posix_spawn(command[0], command, ENVIRONMENT, file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    wall = (time.perf_counter() - begun) * 1000
    return (wall, (usage.ru_utime + usage.ru_stime) * 1000), os.waitstatus_to_exitcode(status)


def peak(command):
    """Peak KiB of one run. A child counts what its parent held before it was born, so a small parent is needed: GNU time."""
    run = subprocess.run(["/usr/bin/time", "-f", "%M", *command], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    return int(run.stderr.split()[-1])


def compare(row, ours, theirs, runs):
    samples = {"whycors": [], "curl": []}
    for turn in range(runs + 2):
        for name, command in (("whycors", ours), ("curl", theirs)):
            numbers, status = measure(command)
            if status != 0:
                sys.exit(f"{name} ended with {status}: {' '.join(command)}")
            if turn >= 2:  # the first two warm the caches of the disk
                samples[name].append(numbers)
    result = {"row": row, "runs": runs}
    medians = {name: [statistics.median(sample[index] for sample in samples[who]) for who in ("whycors", "curl")]
               for index, name in enumerate(("wall", "cpu"))}
    if os.path.exists("/usr/bin/time"):
        medians["memory"] = [statistics.median(peak(command) for _ in range(9)) for command in (ours, theirs)]
    for name, (mine, other) in medians.items():
        result[name] = {"whycors": round(mine, 2), "curl": round(other, 2), "ratio": round(mine / other, 3) if other else None}
    return result


def show(result):
    words = []
    for name, unit in (("wall", "ms"), ("cpu", "ms"), ("memory", "KiB")):
        if name not in result:
            words.append(f"{name} not measured (GNU time is missing)")
            continue
        numbers, aim = result[name], AIMS.get(result["row"], {}).get(name)
        verdict = "" if aim is None or numbers["ratio"] is None else f" (aim {aim}: {'met' if numbers['ratio'] <= aim else 'MISSED'})"
        words.append(f"{name} {numbers['whycors']:g}/{numbers['curl']:g} {unit} = {numbers['ratio']}{verdict}")
    print(f"{result['row']:<22} {'; '.join(words)}", flush=True)


ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", nargs="?", default="target/release/whycors")
    arguments.add_argument("--runs", type=int, default=101)
    arguments.add_argument("--json")
    options = arguments.parse_args()
    curl = subprocess.run(["sh", "-c", "command -v curl"], capture_output=True, text=True, check=True).stdout.strip()
    whycors = os.path.abspath(options.binary)

    def probe(url, *more):
        return [whycors, "probe", url, "--origin", "https://app.example.com", "--method", "PUT", "--header", "content-type", "--no-follow-up",
                "--format", "json", *more]

    def ask(url, *more):
        return [curl, "-sS", "-o", os.devnull, "-X", "OPTIONS", *[word for header in HEADERS for word in ("-H", header)], *more, url]

    with tempfile.TemporaryDirectory() as folder:
        authority, leaf, key = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(leaf, key)
        plain, secure, slow = serve(), serve(context), serve(delay=0.1)
        results = [
            compare("cold http", probe(f"http://127.0.0.1:{plain}/x"), ask(f"http://127.0.0.1:{plain}/x"), options.runs),
            compare("cold https", probe(f"https://127.0.0.1:{secure}/x", "--cacert", authority),
                    ask(f"https://127.0.0.1:{secure}/x", "--cacert", authority), options.runs),
            compare("--version", [whycors, "--version"], [curl, "--version"], options.runs),
            compare("first verdict, 100 ms", probe(f"http://127.0.0.1:{slow}/x"), ask(f"http://127.0.0.1:{slow}/x"), min(options.runs, 15)),
        ]
    for result in results:
        show(result)
    size = os.path.getsize(whycors) / 1e6
    print(f"{'size of the binary':<22} {size:.1f} MB (aim 8: {'met' if size <= 8 else 'MISSED'})")
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"results": results, "binary_mb": round(size, 2)}, file, indent=1)


if __name__ == "__main__":
    main()
