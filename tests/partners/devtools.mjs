// Plays the worlds to a real headless Chromium, writes down what its DevTools would export (a HAR file, the console), and lets
// whycors read it: every request that failed is found, asked as the page asked, and judged as the browser judged it.
//
// usage: node devtools.mjs path/to/whycors

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pause, run, startBrowser } from "./browser.mjs";
import { ask, serve, way, worlds } from "./worlds.mjs";

const whycors = process.argv[2];
if (!whycors) {
  console.error("usage: node devtools.mjs path/to/whycors");
  process.exit(2);
}
const failures = [];
const check = (name, right, found) => {
  console.log(`${right ? "ok  " : "FAIL"} ${name}`);
  if (!right) failures.push(`${name}: ${JSON.stringify(found)}`);
};

/** The requests that the protocol told of, each hop and each preflight by itself, in order. */
function requests(events) {
  const list = [];
  const open = new Map();
  for (const { method, params } of events) {
    const known = open.get(params?.requestId);
    if (method === "Network.requestWillBeSent") {
      if (params.redirectResponse && known) known.response = params.redirectResponse;
      const next = { ...params, sent: params.request.headers };
      open.set(params.requestId, next);
      list.push(next);
    } else if (!known) continue;
    else if (method === "Network.requestWillBeSentExtraInfo") known.sent = params.headers;
    else if (method === "Network.responseReceived") known.response = params.response;
    else if (method === "Network.loadingFailed") known.failed = params;
  }
  return list;
}

const pairs = (headers) => Object.entries(headers).map(([name, value]) => ({ name, value: String(value) }));
/** What DevTools leaves out of an export unless told otherwise. */
const sanitized = (headers) => pairs(headers).filter(({ name }) => !/^(cookie|authorization|set-cookie)$/i.test(name));

/** An entry as the network panel writes it: an answer that the browser withholds is status 0 with an `_error`. */
function entry({ request, response, failed, sent, type, wallTime, initiator }) {
  const shown = Boolean(response);
  return {
    _initiator: { type: initiator.type }, _priority: "High", _resourceType: type.toLowerCase(), cache: {}, connection: "1", pageref: "page_1",
    request: {
      method: request.method, url: request.url, httpVersion: "http/1.1", headers: sanitized(sent), queryString: [], cookies: [],
      headersSize: -1, bodySize: 0,
    },
    response: {
      status: shown ? response.status : 0, statusText: shown ? response.statusText : "", httpVersion: shown ? response.protocol : "",
      headers: shown ? sanitized(response.headers) : [], cookies: [], content: { size: 0, mimeType: shown ? response.mimeType : "x-unknown" },
      redirectURL: "", headersSize: -1, bodySize: -1, _transferSize: 0, _error: failed ? failed.errorText : null,
      _fetchedViaServiceWorker: false,
    },
    serverIPAddress: shown ? (response.remoteIPAddress ?? "") : "", startedDateTime: new Date(wallTime * 1000).toISOString(), time: 1.5,
    timings: { blocked: 1, dns: -1, ssl: -1, connect: -1, send: 0, wait: 0.4, receive: 0.1 },
  };
}

/** The lines of the console as they are copied from it. */
function transcript(events) {
  const entries = events.filter((event) => event.method === "Log.entryAdded").map((event) => event.params.entry);
  return entries.map(({ text, url }) => (text.startsWith("Failed to load resource") ? `${url}:1  ${text}` : `page:1 ${text}`)).join("\n");
}

/** Runs whycors; its reports by the URL that was asked. */
async function judged(options, input) {
  const said = await run(whycors, ["probe", ...options, "--format", "json"], input);
  if (said.code === 2 || !said.out) throw new Error(`whycors ${options.join(" ")}: ${said.err || `exit ${said.code}`}`);
  const document = JSON.parse(said.out);
  const reports = new Map((document.results ?? [document]).map((report) => [report.ask.url, report]));
  return Object.assign(reports, { said: said.err });
}

const { server, port, page, url } = await serve();
const folder = mkdtempSync(join(tmpdir(), "whycors-devtools-"));
const browser = await startBrowser("--host-resolver-rules=MAP gone.example.test ~NOTFOUND,MAP *.example.test 127.0.0.1");
try {
  await browser.open(`${page}/page`);
  const seen = [];
  const consoles = [];
  for (const [index, world] of worlds.entries()) {
    const before = browser.events.length;
    const allowed = await ask(browser, url(index), world);
    await pause(120);
    const failed = allowed ? undefined : await browser.event((event) => event.method === "Network.loadingFailed" && event.params.corsErrorStatus, before);
    if (failed) await browser.event((event) => event.method === "Log.entryAdded", before);
    seen.push({ ...world, allowed, code: failed?.params.corsErrorStatus.corsError ?? null, url: url(index) });
    consoles.push(transcript(browser.events.slice(before)));
  }
  const last = browser.events.length;
  await ask(browser, `http://gone.example.test:${port}/world/0`, { method: "PUT" });
  await browser.event((event) => event.method === "Network.loadingFailed", last);
  await pause(120);
  const entries = requests(browser.events).map(entry);
  const har = { log: { version: "1.2", creator: { name: "WebInspector", version: "537.36" }, entries,
    pages: [{ startedDateTime: new Date().toISOString(), id: "page_1", title: `${page}/page`, pageTimings: {} }] } };
  const file = join(folder, "app.example.test.har");
  writeFileSync(file, JSON.stringify(har, null, 2));
  if (process.env.WHYCORS_KEEP) writeFileSync(join(process.env.WHYCORS_KEEP, "devtools.har"), JSON.stringify(har, null, 2));

  const blocked = seen.filter((world) => !world.allowed);
  // Nothing in the file tells that a page sends credentials: it is said, and asked again with them.
  const live = await judged(["--from", file, "--send-actual", "--no-follow-up", "--timeout", "20", ...way(port)]);
  for (const world of seen.filter((world) => world.allowed)) check(`HAR: ${world.name} is no failure`, !live.has(world.url), live.get(world.url)?.verdict);
  for (const world of blocked) {
    const report = live.get(world.url);
    const { ask } = report ?? {};
    check(`HAR: ${world.name} is asked as the page asked`, ask?.method === world.method && ask.origin === page
      && Object.keys(world.headers ?? {}).every((name) => ask.headers.some(([known]) => known.toLowerCase() === name)), ask);
    if (world.credentials) check(`HAR: ${world.name} passes now, and credentials are named`, live.said.includes(`${world.url} from ${page}: it failed in the browser`), live.said);
    else check(`HAR: ${world.name} is ${world.code}`, report?.verdict.browsers.chromium.cors_error === world.code && report.diagnosis, report?.verdict);
  }
  const included = await judged(["--from", file, "--credentials", "--no-follow-up", "--timeout", "20", ...way(port)]);
  for (const world of blocked.filter((world) => world.credentials)) check(`HAR with --credentials: ${world.name} is ${world.code}`,
    included.get(world.url)?.verdict.browsers.chromium.cors_error === world.code, included.get(world.url)?.verdict);
  const offline = await judged(["--from", file, "--offline"]);
  for (const [asked, report] of offline) {
    const world = seen.find(({ url }) => url === asked);
    if (world) check(`HAR offline: ${world.name}`, report.verdict.browsers.chromium.cors_error === world.code && report.diagnosis, report.verdict);
  }
  // What Chromium notes of a redirected preflight is the error alone.
  check("HAR offline: refused preflights are all judged", blocked.filter(({ preflight }) => preflight && preflight[0] !== 307).every((world) => offline.has(world.url)), [...offline.keys()]);
  const gone = offline.get(`http://gone.example.test:${port}/world/0`);
  check("HAR offline: a name that does not resolve", gone?.diagnosis.cause === "dns-nxdomain", gone?.diagnosis);

  for (const [index, world] of seen.entries()) {
    if (world.allowed) continue;
    const reports = await judged(["-", "--method", world.method, "--send-actual", "--no-follow-up", "--timeout", "20", ...way(port),
      ...Object.keys(world.headers ?? {}).flatMap((name) => ["--header", name]), ...(world.credentials ? ["--credentials"] : [])], consoles[index]);
    const report = reports.get(world.url);
    check(`console: ${world.name} is ${world.code}`, reports.size === 1 && report?.verdict.browsers.chromium.cors_error === world.code, [consoles[index], report?.verdict]);
  }
  const all = await judged(["-", "--no-follow-up", "--timeout", "20", ...way(port)], consoles.join("\n"));
  check(`console: all ${blocked.length} at once`, blocked.every((world) => all.has(world.url)), [...all.keys()]);
} finally {
  await browser.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
}
if (failures.length > 0) {
  console.error(`${failures.length} differ\n${failures.join("\n")}`);
  process.exit(1);
}
