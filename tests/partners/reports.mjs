// Opens HTML reports in a real headless Chromium, light and dark: axe-core finds nothing to complain about, nothing is asked
// of the network, nothing is said on the console; the filters of a page of many results are used.
//
// usage: node reports.mjs path/to/axe.min.js FOLDER PAGE…        FOLDER takes the screenshots and the printed pages

import { readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { pause, startBrowser } from "./browser.mjs";

const [axe, folder, ...pages] = process.argv.slice(2);
if (pages.length === 0) {
  console.error("usage: node reports.mjs path/to/axe.min.js FOLDER PAGE…");
  process.exit(2);
}
const source = readFileSync(axe, "utf8");
const failures = [];
const fail = (page, text) => failures.push(`${basename(page)}: ${text}`);

/** Violations of the page as it stands. */
async function violations(browser) {
  await browser.evaluate(`${source}; undefined`);
  const found = await browser.evaluate("axe.run(document).then((r) => r.violations)");
  return found.map((v) => `${v.id} (${v.impact}): ${v.help}: ${v.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

async function shoot(browser, page, name) {
  const { cssContentSize } = await browser.send("Page.getLayoutMetrics");
  const clip = { x: 0, y: 0, width: 1200, height: Math.min(cssContentSize.height, 6000), scale: 1 };
  const { data } = await browser.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: true, clip });
  writeFileSync(join(folder, `${basename(page, ".html")}-${name}.png`), Buffer.from(data, "base64"));
}

/** The results that can be seen. */
const SHOWN = `[...document.querySelectorAll("details.result")].filter((row) => row.checkVisibility()).length`;

/** Types into the filter, chooses a cause; the results get fewer and come back. */
async function filter(browser, page) {
  const all = await browser.evaluate(SHOWN);
  const set = (selector, value) => browser.evaluate(`{ const field = document.querySelector(${JSON.stringify(selector)});
    field.value = ${JSON.stringify(value)}; field.dispatchEvent(new Event("input", { bubbles: true })); field.dispatchEvent(new Event("change", { bubbles: true })); }`);
  const word = await browser.evaluate(`[...document.querySelectorAll("details.result > summary > span")].at(-2).textContent`);
  await set("input[type=search]", word);
  const some = await browser.evaluate(SHOWN);
  await shoot(browser, page, "filtered");
  const cause = await browser.evaluate(`document.querySelector("select[name=cause]").options[1].value`);
  await set("input[type=search]", "");
  await set("select[name=cause]", cause);
  const chosen = await browser.evaluate(`[...document.querySelectorAll("details.result")].filter((row) => row.checkVisibility()).every((row) => row.dataset.cause === ${JSON.stringify(cause)})`);
  if (!chosen) fail(page, `the filter shows others than ${cause}`);
  await set("select[name=cause]", "");
  await set("input[type=search]", "no result has these words");
  const none = await browser.evaluate(SHOWN);
  await set("input[type=search]", "");
  const again = await browser.evaluate(SHOWN);
  if (!(all > some && some > 0 && none === 0 && again === all)) fail(page, `the filter shows ${some} for ${word} and ${none} for nonsense of ${all}, then ${again}`);
  else console.log(`ok ${basename(page)}: the filter leaves ${some} of ${all} for ${word}`);
}

const browser = await startBrowser("--window-size=1200,900");
try {
  await browser.send("Emulation.setDeviceMetricsOverride", { width: 1200, height: 900, deviceScaleFactor: 1, mobile: false });
  for (const page of pages) {
    for (const scheme of ["light", "dark"]) {
      browser.events.length = 0;
      await browser.send("Emulation.setEmulatedMedia", { media: "screen", features: [{ name: "prefers-color-scheme", value: scheme }] });
      await browser.open(pathToFileURL(resolve(page)).href);
      await shoot(browser, page, scheme);
      const asked = browser.events.filter((e) => e.method === "Network.requestWillBeSent" && !/^(file|data):/.test(e.params.request.url));
      for (const { params } of asked) fail(page, `asks for ${params.request.url}`);
      const said = browser.events.filter((e) => e.method === "Log.entryAdded" || e.method === "Runtime.exceptionThrown");
      for (const { params } of said) fail(page, `says ${params.entry?.text ?? params.exceptionDetails.text}`);
      for (const open of [false, true]) {
        if (open) await browser.evaluate(`document.querySelectorAll("details").forEach((it) => (it.open = true))`);
        for (const violation of await violations(browser)) fail(page, `${scheme}${open ? ", all open" : ""}: ${violation}`);
      }
      if (await browser.evaluate("document.documentElement.scrollWidth > innerWidth")) fail(page, `${scheme}: wider than the window`);
    }
    await browser.send("Emulation.setEmulatedMedia", { media: "", features: [] });
    await browser.open(pathToFileURL(resolve(page)).href);
    if (await browser.evaluate(`document.querySelectorAll("details.result").length > 1`)) await filter(browser, page);
    const { data } = await browser.send("Page.printToPDF", { printBackground: false });
    writeFileSync(join(folder, `${basename(page, ".html")}.pdf`), Buffer.from(data, "base64"));
    await pause(20);
    console.log(`ok ${basename(page)}: light, dark, printed`);
  }
} finally {
  await browser.close();
}
if (failures.length > 0) {
  console.error([...new Set(failures)].join("\n"));
  process.exit(1);
}
