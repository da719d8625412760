import assert from "node:assert/strict";
import { PAGES } from "../../src/web/dashboard/pages.ts";
import { nextOf } from "../../src/web/dashboard/pages/login.ts";
import { ASSETS } from "../../src/web/dashboard/assets.gen.ts";
import { assetPath } from "../../src/web/dashboard/assets.ts";
import { USERS, WebRig } from "./rig.ts";

/** What each page needs, written down apart from the program's own table. */
const NEEDS: Readonly<Record<string, string>> = {
  "/login": "none",
  "/setup": "none",
  "/": "read",
  "/calls": "read",
  "/calls/:id": "read",
  "/interfaces": "read",
  "/clients": "read",
  "/console": "admin",
  "/security": "known",
  "/security/audit": "admin",
  "/logs": "read",
  "/system": "read",
  "/system/history/:number": "admin",
  "/health": "read",
};
const MAY: Readonly<Record<string, readonly string[]>> = {
  nobody: ["none"],
  viewer: ["none", "known", "read"],
  operator: ["none", "known", "read"],
  admin: ["none", "known", "read", "admin"],
};

async function get(rig: WebRig, path: string, cookie?: string, more: HeadersInit = {}) {
  const headers = { ...cookie && { Cookie: `__Host-rtpedge=${cookie}` }, ...more };
  const response = await rig.fetch(path, { headers, redirect: "manual" });
  return { response, text: await response.text() };
}

Deno.test("every page is in the matrix, and needs what the matrix says", () => {
  assert.deepEqual(Object.fromEntries(PAGES.map(({ path, needs }) => [path, needs])), NEEDS);
});

Deno.test("every page: each role sees what it may, nobody is sent to the sign-in page", async () => {
  await using rig = await WebRig.open();
  rig.call("one");
  const cookies: Record<string, string | undefined> = { nobody: undefined };
  for (const [role, name] of Object.entries(USERS)) cookies[role] = (await rig.signIn(name)).cookie;
  for (const [who, cookie] of Object.entries(cookies)) {
    for (const [path, needs] of Object.entries(NEEDS)) {
      if (needs === "none") continue;
      const asked = `/ui${path.replace(":id", "one").replace(":number", "1")}`;
      const { response, text } = await get(rig, asked, cookie);
      const label = `${who} ${asked}`;
      if (who === "nobody") {
        assert.equal(response.status, 303, label);
        const next = `/ui/login?next=${encodeURIComponent(asked)}`;
        assert.equal(response.headers.get("location"), next, label);
        assert.equal(text, "");
      } else if (MAY[who]?.includes(needs)) {
        // a revision of the configuration may not exist
        assert.ok([200, 404].includes(response.status), `${label}: ${response.status}`);
      } else {
        assert.equal(response.status, 403, label);
        assert.doesNotMatch(text, /<table|data-api="(?!DELETE \/session)/, label);
      }
    }
  }
});

Deno.test("what changes calls is offered to those who may", async () => {
  await using rig = await WebRig.open();
  rig.call("one");
  const page = async (name: string) =>
    (await get(rig, "/ui/calls/one", (await rig.signIn(name)).cookie)).text;
  assert.match(await page(USERS.operator), /data-api="DELETE \/calls\/one"/);
  assert.doesNotMatch(await page(USERS.viewer), /data-api="DELETE \/calls/);
});

Deno.test("pages have a strict policy and are kept by nobody; files are kept for ever", async () => {
  await using rig = await WebRig.open();
  const { cookie } = await rig.signIn(USERS.viewer);
  const { response, text } = await get(rig, "/ui/", cookie);
  const policy = response.headers.get("content-security-policy") ?? "";
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]) {
    assert.ok(policy.includes(part), part);
  }
  assert.doesNotMatch(policy, /unsafe|nonce|\*|https?:/);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(response.headers.get("x-frame-options"), "DENY");
  assert.doesNotMatch(text, / style="| on[a-z]+="|<style|<script(?! type="module" src="\/ui\/)/);
  for (const name of Object.keys(ASSETS) as (keyof typeof ASSETS)[]) {
    const file = await get(rig, assetPath(name));
    assert.equal(file.response.status, 200);
    assert.equal(file.text, ASSETS[name].text);
    assert.match(file.response.headers.get("cache-control") ?? "", /immutable/);
    assert.equal(file.response.headers.get("content-type"), ASSETS[name].type);
    assert.doesNotMatch(ASSETS[name].text, /https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  }
  for (const path of ["app.js", "app-000000000000.js", "..%2f..%2fetc/passwd", "__proto__"]) {
    assert.equal((await get(rig, `/ui/assets/${path}`)).response.status, 404, path);
  }
});

Deno.test("names from the network stay text", async () => {
  await using rig = await WebRig.open();
  const evil = `"><img src=x onerror=alert(1)>'&\``;
  const id = rig.call(`id${evil}`, { "from-tag": `tag${evil}`, label: `label${evil}` });
  const { cookie } = await rig.signIn(USERS.operator);
  for (const path of ["/ui/calls", `/ui/calls/${encodeURIComponent(id)}`]) {
    const { response, text } = await get(rig, path, cookie);
    assert.equal(response.status, 200);
    assert.doesNotMatch(text, /<img/);
    assert.match(text, /id&quot;&gt;&lt;img/);
  }
  const search = await get(rig, `/ui/calls?search=${encodeURIComponent(evil)}`, cookie);
  assert.doesNotMatch(search.text, /<img/);
});

Deno.test("a part of a page is fetched without what is around it, by those who are signed in", async () => {
  await using rig = await WebRig.open();
  const { cookie } = await rig.signIn(USERS.viewer);
  const fragment = { "X-Fragment": "1" };
  const { text } = await get(rig, "/ui/calls", cookie, fragment);
  assert.doesNotMatch(text, /<html|<nav class="side"/);
  assert.match(text, /id="calls"/);
  assert.equal((await get(rig, "/ui/calls", undefined, fragment)).response.status, 401);
});

Deno.test("before there is an administrator every page leads to the first start", async () => {
  await using rig = await WebRig.open({ fresh: true });
  for (const path of ["/ui/", "/ui/calls", "/ui/login"]) {
    const { response } = await get(rig, path);
    assert.deepEqual([response.status, response.headers.get("location")], [303, "/ui/setup"], path);
  }
  const { text } = await get(rig, "/ui/setup");
  assert.ok(!text.includes(rig.access.signIn.setupCode!));
});

Deno.test("the root leads browsers to the dashboard, and programs where it always did", async () => {
  await using rig = await WebRig.open();
  const browser = await get(rig, "/", undefined, { Accept: "text/html,*/*" });
  assert.deepEqual(
    [browser.response.status, browser.response.headers.get("location")],
    [302, "/ui/"],
  );
  assert.equal((await get(rig, "/", undefined, { Accept: "*/*" })).response.status, 404);
  assert.equal((await get(rig, "/ui")).response.headers.get("location"), "/ui/");
  assert.equal((await get(rig, "/ping")).text, "pong\n");
});

Deno.test("nextOf() leads to pages of ours only", () => {
  const next = (text: string) => nextOf(new URLSearchParams({ next: text }));
  assert.equal(next("/ui/calls?search=a%20b&state=active"), "/ui/calls?search=a%20b&state=active");
  for (
    const bad of [
      "",
      "https://evil.example/",
      "//evil.example/ui/",
      "/ui//evil.example",
      "/\\evil.example",
      "/ui/\\evil",
      "/ui/../../etc",
      "javascript:alert(1)",
      "/ui/login?next=/ui/",
      "/ui/calls\r\nSet-Cookie: a=b",
    ]
  ) {
    const found = next(bad);
    const url = new URL(found, "https://relay.example");
    assert.equal(url.origin, "https://relay.example", bad);
    assert.ok(!/[\r\n\\]/.test(found), bad);
  }
  assert.equal(next("https://evil.example/"), "/ui/");
  assert.equal(next("//evil.example/ui/"), "/ui/");
});

Deno.test("a page asked over HTTP from elsewhere would be refused; on this host it is not", async () => {
  await using rig = await WebRig.open();
  const { port } = rig.at("http");
  const response = await fetch(`http://127.0.0.1:${port}/ui/login`, { redirect: "manual" });
  assert.equal(response.status, 200);
  await response.body?.cancel();
});
