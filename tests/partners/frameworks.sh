#!/usr/bin/env bash
# Servers people run, without CORS, with too little of it and with what whycors proposes pasted in: refused, then allowed.
source "$(dirname "$0")/lib.bash"
debian nginx nginx
debian apache2 apache2-bin
debian caddy caddy
debian node nodejs
debian rackup ruby-rack ruby-rack-cors ruby-webrick
HERE=$(cd "$(dirname "$0")" && pwd)
[ -d "$HERE/node_modules/cors" ] || again npm install --prefix "$HERE" --silent --no-audit --no-fund >/dev/null
python3 -c 'import fastapi, uvicorn, flask, flask_cors, django, corsheaders' 2>/dev/null ||
  again pip install --quiet fastapi uvicorn flask flask-cors django django-cors-headers
PATH=$PATH:/usr/sbin NODE_PATH="$HERE/node_modules" python3 "$HERE/frameworks.py" "$WHYCORS" "$WORK"
