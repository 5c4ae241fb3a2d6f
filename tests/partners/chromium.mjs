// Plays a handful of worlds to a real headless Chromium and to whycors, and compares the two: whether the page's `fetch`
// is let through, the CorsError, and the console text.
//
// usage: node chromium.mjs path/to/whycors        CHROMIUM names the browser (default /usr/bin/chromium)
// Speaks the DevTools protocol over a pipe: nothing to install. The browser answers preflights itself, nothing intercepts.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const whycors = process.argv[2];
if (!whycors) {
  console.error("usage: node chromium.mjs path/to/whycors");
  process.exit(2);
}

const star = { "access-control-allow-origin": "*" };
// `preflight` and `actual` are [status, headers]; {page} stands for the page's origin. A header may have several lines.
const worlds = [
  { name: "a plain GET", method: "GET", actual: [200, star] },
  { name: "a preflight in order", method: "PUT", headers: { "x-a": "1" }, actual: [200, star],
    preflight: [204, { "access-control-allow-origin": "{page}", "access-control-allow-methods": "PUT", "access-control-allow-headers": "X-A" }] },
  { name: "no allow-origin", method: "GET", actual: [200, {}] },
  { name: "another origin", method: "GET", actual: [200, { "access-control-allow-origin": "https://www.example.test" }] },
  { name: "a trailing slash", method: "GET", actual: [200, { "access-control-allow-origin": "{page}/" }] },
  { name: "no origin at all", method: "GET", actual: [200, { "access-control-allow-origin": "true" }] },
  { name: "two lines", method: "GET", actual: [200, { "access-control-allow-origin": ["{page}", "*"] }] },
  { name: "a wildcard with credentials", method: "GET", credentials: true, actual: [200, star] },
  { name: "no allow-credentials", method: "GET", credentials: true, actual: [200, { "access-control-allow-origin": "{page}" }] },
  { name: "a preflight that is not handled", method: "PUT", preflight: [405, {}], actual: [200, star] },
  { name: "a preflight that wants a login", method: "PUT", preflight: [401, star], actual: [200, star] },
  { name: "a redirected preflight", method: "PUT", preflight: [307, { location: "/elsewhere" }], actual: [200, star] },
  { name: "a method that is not listed", method: "PATCH", preflight: [204, { ...star, "access-control-allow-methods": "GET, PUT" }], actual: [200, star] },
  { name: "a header that is not listed", method: "GET", headers: { "x-a": "1", "x-b": "2" }, actual: [200, star],
    preflight: [204, { ...star, "access-control-allow-headers": "x-a" }] },
  { name: "a list that cannot be read", method: "PUT", preflight: [204, { ...star, "access-control-allow-methods": "PUT;GET" }], actual: [200, star] },
  { name: "a redirect without CORS", method: "GET", actual: [302, { location: "/elsewhere" }] },
  { name: "a redirect to a place without CORS", method: "GET", actual: [302, { ...star, location: "/elsewhere" }] },
  { name: "a redirect with a password", method: "GET", actual: [302, { ...star, location: "http://u:p@cdn.example.test:{port}/elsewhere" }] },
];

const failures = [];
const server = createServer((request, response) => {
  const world = worlds[Number(/^\/world\/(\d+)$/.exec(request.url)?.[1])];
  if (request.url === "/page") return response.writeHead(200, { "content-type": "text/html" }).end("<title>page</title>");
  const answer = world && (request.method === "OPTIONS" ? world.preflight : world.actual);
  if (!answer) return response.writeHead(404).end();
  const fill = (value) => value.replaceAll("{page}", page).replaceAll("{port}", String(server.address().port));
  const lines = Object.entries(answer[1]).flatMap(([name, value]) => [value].flat().flatMap((line) => [name, fill(line)]));
  response.writeHead(answer[0], lines).end();
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const { port } = server.address();
const page = `http://app.example.test:${port}`;

/** A browser behind a pipe: `send` calls a method, `events` holds what it said since it was last emptied. */
function startBrowser() {
  const profile = mkdtempSync(join(tmpdir(), "whycors-chromium-"));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--no-proxy-server",
    "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe", `--user-data-dir=${profile}`,
    "--host-resolver-rules=MAP *.example.test 127.0.0.1"];
  const child = spawn(process.env.CHROMIUM ?? "/usr/bin/chromium", flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const browser = { child, profile, events: [], session: undefined };
  const waiting = new Map();
  let last = 0;
  let buffer = "";
  browser.send = (method, params = {}) => new Promise((resolve, reject) => {
    const id = ++last;
    waiting.set(id, { resolve, reject, method });
    child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId: browser.session })}\0`);
  });
  child.stdio[4].setEncoding("utf8").on("data", (data) => {
    const messages = (buffer + data).split("\0");
    buffer = messages.pop();
    for (const message of messages.map((text) => JSON.parse(text))) {
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (!call) browser.events.push(message);
      else if (message.error) call.reject(new Error(`${call.method}: ${message.error.message}`));
      else call.resolve(message.result);
    }
  });
  return browser;
}

/** What Chromium makes of a world. */
async function inBrowser(browser, url, world) {
  browser.events.length = 0;
  const init = { method: world.method, headers: world.headers ?? {}, credentials: world.credentials ? "include" : "same-origin" };
  const expression = `fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then(() => true, () => false)`;
  const { result } = await browser.send("Runtime.evaluate", { expression, awaitPromise: true });
  await new Promise((done) => setTimeout(done, 150));
  const failed = browser.events.find((event) => event.method === "Network.loadingFailed" && event.params.corsErrorStatus);
  const texts = browser.events.filter((event) => event.method === "Log.entryAdded").map((event) => event.params.entry.text);
  const console = texts.find((text) => text.startsWith("Access to ")) ?? null;
  return { allowed: result.value, cors_error: failed?.params.corsErrorStatus.corsError ?? null, console };
}

/** What whycors makes of it. */
async function inWhycors(url, world) {
  const options = ["probe", url, "--origin", page, "--method", world.method, "--send-actual", "--no-follow-up", "--format", "json"];
  for (const [name, value] of Object.entries(world.headers ?? {})) options.push("--header", `${name}: ${value}`);
  if (world.credentials) options.push("--credentials");
  for (const host of ["api", "cdn"]) options.push("--resolve", `${host}.example.test:${port}:127.0.0.1`);
  const report = await runBeside(options);
  const { allowed, cors_error, console } = JSON.parse(report).verdict.browsers.chromium;
  return { allowed, cors_error: cors_error ?? null, console: console ?? null };
}

// The server lives in this process, so whycors must not block it.
function runBeside(options) {
  return new Promise((resolve, reject) => {
    const child = spawn(whycors, options, { env: { ...process.env, NO_PROXY: "*" } });
    let out = "";
    let err = "";
    child.stdout.on("data", (data) => (out += data));
    child.stderr.on("data", (data) => (err += data));
    child.on("error", reject);
    child.on("close", (code) => (code === 2 || !out ? reject(new Error(`whycors ${options.join(" ")}: ${err || `exit ${code}`}`)) : resolve(out)));
  });
}

const browser = startBrowser();
try {
  const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
  browser.session = (await browser.send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
  for (const domain of ["Page", "Network", "Log", "Runtime"]) await browser.send(`${domain}.enable`);
  await browser.send("Page.navigate", { url: `${page}/page` });
  for (let tries = 0; tries < 100; tries++) {
    const { result } = await browser.send("Runtime.evaluate", { expression: "document.title" });
    if (result.value === "page") break;
    await new Promise((done) => setTimeout(done, 50));
  }
  for (const [index, world] of worlds.entries()) {
    const url = `http://api.example.test:${port}/world/${index}`;
    const seen = await inBrowser(browser, url, world);
    const said = await inWhycors(url, world);
    const same = seen.allowed === said.allowed && seen.cors_error === said.cors_error && (!seen.console || seen.console === said.console);
    console.log(`${same ? "ok  " : "FAIL"} ${world.name}: ${seen.allowed ? "allowed" : seen.cors_error}`);
    if (!same) failures.push(`${world.name}\n  Chromium ${JSON.stringify(seen)}\n  whycors  ${JSON.stringify(said)}`);
  }
} finally {
  browser.child.kill();
  await new Promise((done) => (browser.child.exitCode === null ? browser.child.on("close", done) : done()));
  rmSync(browser.profile, { recursive: true, force: true });
  server.close();
}
if (failures.length > 0) {
  console.error(`${failures.length} of ${worlds.length} worlds differ\n${failures.join("\n")}`);
  process.exit(1);
}
console.log(`Chromium and whycors agree on ${worlds.length} worlds`);
