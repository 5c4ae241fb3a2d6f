#!/usr/bin/env bash
# A real S3-compatible server, and the closed loop: refused, suggested, configured, allowed. Presigned by boto3.
source "$(dirname "$0")/lib.bash"
debian node nodejs
HERE=$(cd "$(dirname "$0")" && pwd)
[ -d "$HERE/node_modules/s3rver" ] || again npm install --prefix "$HERE" --silent --no-audit --no-fund >/dev/null
python3 -c 'import boto3' 2>/dev/null || again pip install --quiet boto3
python3 "$HERE/s3rver.py" "$WHYCORS" "$HERE/node_modules/.bin/s3rver" "$WORK"
