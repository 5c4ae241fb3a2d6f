// Worlds for a real browser: what a server on loopback answers to a page's `fetch`. Shared by the scripts here.

import { createServer } from "node:http";

const star = { "access-control-allow-origin": "*" };
// `preflight` and `actual` are [status, headers]; {page} stands for the page's origin. A header may have several lines.
export const worlds = [
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

/** Plays the worlds at /world/N of every host; the page is at `page` + /page. */
export async function serve() {
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
  return { server, port, page, url: (index) => `http://api.example.test:${port}/world/${index}` };
}

/** Lets the page of a browser ask for a world; whether it was let through. */
export function ask(browser, url, world) {
  const init = { method: world.method, headers: world.headers ?? {}, credentials: world.credentials ? "include" : "same-origin" };
  return browser.evaluate(`fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then(() => true, () => false)`);
}

/** Options that lead whycors to the worlds. */
export const way = (port) => ["api", "cdn"].flatMap((host) => ["--resolve", `${host}.example.test:${port}:127.0.0.1`]);
