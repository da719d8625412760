import assert from "node:assert/strict";
import { loadConfig } from "../config/mod.ts";
import { FakeHost } from "../config/fake_host.ts";
import { firewallText, joinRanges } from "./firewall.ts";

async function textFor(lines: readonly string[]): Promise<string> {
  const result = await loadConfig(["--config-file=/c"], {
    env: {},
    host: new FakeHost({
      files: { "/c": ["[rtpengine]", "interface = 192.0.2.1", ...lines].join("\n") },
    }),
  });
  assert.ok(result.outcome === "run", JSON.stringify(result));
  return firewallText(result.loaded);
}

Deno.test("joinRanges joins what overlaps or touches, in order", () => {
  assert.deepEqual(joinRanges([[30, 40], [10, 20], [41, 50], [15, 18], [443, 443]]), [
    [10, 20],
    [30, 50],
    [443, 443],
  ]);
  assert.deepEqual(joinRanges([]), []);
});

Deno.test("firewallText opens media and nothing else for listeners on loopback", async () => {
  const text = await textFor(["listen-ng = 127.0.0.1:2223", "listen-cli = [::1]:9900"]);
  assert.equal(
    text,
    "flush set inet rtpedge media\nadd element inet rtpedge media { 30000-39999 }\n" +
      "flush set inet rtpedge control_tcp\nflush set inet rtpedge control_udp\n",
  );
});

Deno.test("firewallText opens listeners that others can reach, by transport", async () => {
  const text = await textFor([
    "listen-ng = 192.0.2.1:2223",
    "listen-https = 443",
    "listen-tcp-ng = 192.0.2.1:2223",
    "listen-http = 127.0.0.1:8080",
    "port-min = 20000",
    "port-max = 20099",
    "control-allow = 192.0.2.0/24",
  ]);
  assert.match(text, /media \{ 20000-20099 \}/);
  assert.match(text, /control_tcp \{ 443, 2223 \}/);
  assert.match(text, /control_udp \{ 2223 \}/);
});
