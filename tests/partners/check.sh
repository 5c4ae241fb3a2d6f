#!/usr/bin/env bash
# 200 expectations against twenty worlds of the lab: exit status, annotations, JUnit, SARIF and HTML say the same.
source "$(dirname "$0")/lib.bash"
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
python3 "$ROOT/tests/partners/check.py" "$WHYCORS" "$ROOT" "$WORK"
