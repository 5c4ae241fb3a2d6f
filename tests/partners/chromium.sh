#!/usr/bin/env bash
# A real headless Chromium: its decision, its CorsError and its console text against the verdict.
source "$(dirname "$0")/lib.bash"
debian node nodejs
debian "${CHROMIUM:-chromium}" chromium
node "$(dirname "$0")/chromium.mjs" "$WHYCORS"
