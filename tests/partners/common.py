"""Shared by the Python scripts here: checks that are counted, and ports."""
import random, socket, sys, time

passed = 0
given = set()


def check(name, ok, seen=""):
    global passed
    if not ok:
        sys.exit(f"FAILED {name}: {seen}")
    passed += 1
    print(f"ok {name}")


def finish():
    print(f"{passed} passed, 0 failed")


def free_port():
    """A port nobody listens on, never the same twice, below those that systems give to clients: none takes it meanwhile."""
    while True:
        port = random.randrange(12000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in given:
            given.add(port)
            return port


def wait_port(port, process):
    """Until somebody listens; false when the process ended first."""
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.1)
        if process.poll() is not None:
            break
    return False
