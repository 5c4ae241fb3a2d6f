// A headless Chromium behind a pipe: speaks the DevTools protocol itself, nothing to install. Shared by the scripts here.
// CHROMIUM names the browser (default /usr/bin/chromium).

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--no-proxy-server",
  "--disable-background-networking", "--disable-component-update", "--hide-scrollbars", "--remote-debugging-pipe"];

/** `send` calls a method of the page's session, `events` holds what the browser said since it was last emptied. */
export async function startBrowser(...more) {
  const profile = mkdtempSync(join(tmpdir(), "whycors-chromium-"));
  const flags = [...FLAGS, `--user-data-dir=${profile}`, ...more];
  const child = spawn(process.env.CHROMIUM ?? "/usr/bin/chromium", flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const waiting = new Map();
  let last = 0;
  let buffer = "";
  const browser = { events: [], session: undefined };
  browser.send = (method, params = {}) => new Promise((resolve, reject) => {
    const id = ++last;
    waiting.set(id, { resolve, reject, method });
    child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId: browser.session })}\0`);
  });
  browser.evaluate = async (expression) => {
    const { result, exceptionDetails } = await browser.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  browser.open = async (url) => {
    await browser.send("Page.navigate", { url });
    for (let tries = 0; tries < 200; tries++) {
      if (await browser.evaluate(`document.readyState === "complete" && location.href === ${JSON.stringify(url)}`)) return;
      await pause(25);
    }
    throw new Error(`${url} does not load`);
  };
  /** The first event since `from` that is wanted; undefined when none comes. */
  browser.event = async (wanted, from = 0) => {
    for (let tries = 0; tries < 400; tries++) {
      const found = browser.events.slice(from).find(wanted);
      if (found) return found;
      await pause(50);
    }
  };
  browser.close = async () => {
    child.kill();
    await new Promise((done) => (child.exitCode === null ? child.on("close", done) : done()));
    rmSync(profile, { recursive: true, force: true });
  };
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
  const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
  browser.session = (await browser.send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
  for (const domain of ["Page", "Network", "Log", "Runtime"]) await browser.send(`${domain}.enable`);
  return browser;
}

/** Runs a program beside this one: what it printed and how it ended. */
export function run(program, options, input = "") {
  return new Promise((resolve, reject) => {
    const child = spawn(program, options, { env: { ...process.env, NO_PROXY: "*" } });
    const said = { out: "", err: "" };
    child.stdout.on("data", (data) => (said.out += data));
    child.stderr.on("data", (data) => (said.err += data));
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...said, code }));
    child.stdin.on("error", () => {}).end(input);
  });
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
