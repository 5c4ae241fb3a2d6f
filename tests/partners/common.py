"""Shared by the Python scripts here: checks that are counted, and ports."""
import socket, sys, time

passed = 0


def check(name, ok, seen=""):
    global passed
    if not ok:
        sys.exit(f"FAILED {name}: {seen}")
    passed += 1
    print(f"ok {name}")


def finish():
    print(f"{passed} passed, 0 failed")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


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
