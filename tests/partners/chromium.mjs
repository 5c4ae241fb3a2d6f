// Plays a handful of worlds to a real headless Chromium and to whycors, and compares the two: whether the page's `fetch`
// is let through, the CorsError, and the console text.
//
// usage: node chromium.mjs path/to/whycors
// The browser answers preflights itself, nothing intercepts.

import { pause, run, startBrowser } from "./browser.mjs";
import { ask, serve, way, worlds } from "./worlds.mjs";

const whycors = process.argv[2];
if (!whycors) {
  console.error("usage: node chromium.mjs path/to/whycors");
  process.exit(2);
}

const failures = [];
const { server, port, page, url: urlOf } = await serve();

/** What Chromium makes of a world. */
async function inBrowser(browser, url, world) {
  browser.events.length = 0;
  const allowed = await ask(browser, url, world);
  await pause(150);
  const failed = allowed ? undefined : await browser.event((event) => event.method === "Network.loadingFailed" && event.params.corsErrorStatus);
  const texts = browser.events.filter((event) => event.method === "Log.entryAdded").map((event) => event.params.entry.text);
  const console = texts.find((text) => text.startsWith("Access to ")) ?? null;
  return { allowed, cors_error: failed?.params.corsErrorStatus.corsError ?? null, console };
}

/** What whycors makes of it. */
async function inWhycors(url, world) {
  const options = ["probe", url, "--origin", page, "--method", world.method, "--send-actual", "--no-follow-up", "--format", "json"];
  for (const [name, value] of Object.entries(world.headers ?? {})) options.push("--header", `${name}: ${value}`);
  if (world.credentials) options.push("--credentials");
  options.push(...way(port));
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
    const url = urlOf(index);
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
