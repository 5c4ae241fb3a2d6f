#!/usr/bin/env bash
# What DevTools exports of a real headless Chromium: the HAR file and the console are understood and diagnosed, live and offline.
source "$(dirname "$0")/lib.bash"
debian node nodejs
debian "${CHROMIUM:-chromium}" chromium
node "$(dirname "$0")/devtools.mjs" "$WHYCORS"
