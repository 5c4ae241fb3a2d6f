// Plays a handful of worlds to a real headless Chromium and to whycors, and compares the two: whether the page's `fetch`
// is let through, the CorsError, and the console text.
//
// usage: node chromium.mjs path/to/whycors
// The browser answers preflights itself, nothing intercepts.

import { createServer } from "node:http";
import { pause, run, startBrowser } from "./browser.mjs";

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

/** What Chromium makes of a world. */
async function inBrowser(browser, url, world) {
  browser.events.length = 0;
  const init = { method: world.method, headers: world.headers ?? {}, credentials: world.credentials ? "include" : "same-origin" };
  const expression = `fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then(() => true, () => false)`;
  const allowed = await browser.evaluate(expression);
  await pause(150);
  const failed = browser.events.find((event) => event.method === "Network.loadingFailed" && event.params.corsErrorStatus);
  const texts = browser.events.filter((event) => event.method === "Log.entryAdded").map((event) => event.params.entry.text);
  const console = texts.find((text) => text.startsWith("Access to ")) ?? null;
  return { allowed, cors_error: failed?.params.corsErrorStatus.corsError ?? null, console };
}

/** What whycors makes of it. */
async function inWhycors(url, world) {
  const options = ["probe", url, "--origin", page, "--method", world.method, "--send-actual", "--no-follow-up", "--format", "json"];
  for (const [name, value] of Object.entries(world.headers ?? {})) options.push("--header", `${name}: ${value}`);
  if (world.credentials) options.push("--credentials");
  for (const host of ["api", "cdn"]) options.push("--resolve", `${host}.example.test:${port}:127.0.0.1`);
  // The server lives in this process, so whycors runs beside it.
  const said = await run(whycors, options);
  if (said.code === 2 || !said.out) throw new Error(`whycors ${options.join(" ")}: ${said.err || `exit ${said.code}`}`);
  const { allowed, cors_error, console } = JSON.parse(said.out).verdict.browsers.chromium;
  return { allowed, cors_error: cors_error ?? null, console: console ?? null };
}

const browser = await startBrowser("--host-resolver-rules=MAP *.example.test 127.0.0.1");
try {
  await browser.open(`${page}/page`);
  for (const [index, world] of worlds.entries()) {
    const url = `http://api.example.test:${port}/world/${index}`;
    const seen = await inBrowser(browser, url, world);
    const said = await inWhycors(url, world);
    const same = seen.allowed === said.allowed && seen.cors_error === said.cors_error && (!seen.console || seen.console === said.console);
    console.log(`${same ? "ok  " : "FAIL"} ${world.name}: ${seen.allowed ? "allowed" : seen.cors_error}`);
    if (!same) failures.push(`${world.name}\n  Chromium ${JSON.stringify(seen)}\n  whycors  ${JSON.stringify(said)}`);
  }
} finally {
  await browser.close();
  server.close();
}
if (failures.length > 0) {
  console.error(`${failures.length} of ${worlds.length} worlds differ\n${failures.join("\n")}`);
  process.exit(1);
}
console.log(`Chromium and whycors agree on ${worlds.length} worlds`);
