import assert from "node:assert/strict";
import { formatEndpoint } from "../core/endpoint.ts";
import { FakeHost, type FakeHostData } from "./fake_host.ts";
import type { Report } from "./interfaces.ts";
import { buildListeners, exposedListeners, type ListenerKind, openListeners } from "./listeners.ts";
import { merge } from "./merge.ts";

async function build(options: Record<string, string[]>, data?: FakeHostData) {
  const report: Report = { errors: [], warnings: [] };
  const given = Object.entries(options).map(([name, texts]) => ({
    name,
    texts,
    source: { kind: "command line", as: `--${name}` } as const,
  }));
  const { config } = merge([given], report.errors);
  const listeners = await buildListeners(config, new FakeHost(data), report);
  const texts = (kind: ListenerKind) => listeners[kind].map(formatEndpoint);
  return { config, listeners, texts, ...report };
}

Deno.test("buildListeners opens a bare UDP port on all addresses of both families", async () => {
  const { texts } = await build({ "listen-ng": ["2223"] });
  assert.deepEqual(texts("ng"), ["0.0.0.0:2223", "[::]:2223"]);
});

Deno.test("buildListeners opens a bare TCP port once, for both families", async () => {
  const { texts } = await build({ "listen-tcp-ng": ["2223"], "listen-http": ["8080"] });
  assert.deepEqual(texts("tcpNg"), ["[::]:2223"]);
  assert.deepEqual(texts("http"), ["[::]:8080"]);
});

Deno.test("buildListeners leaves IPv6 out on a host without it", async () => {
  const data = { devices: { lo: ["127.0.0.1"] } };
  const { texts } = await build({ "listen-ng": ["2223"], "listen-cli": ["9900"] }, data);
  assert.deepEqual(texts("ng"), ["0.0.0.0:2223"]);
  assert.deepEqual(texts("cli"), ["0.0.0.0:9900"]);
});

Deno.test("buildListeners takes several addresses, in order", async () => {
  const { texts, errors } = await build({ "listen-ng": ["127.0.0.1:1;[::1]:2", "192.0.2.1:3"] });
  assert.deepEqual(errors, []);
  assert.deepEqual(texts("ng"), ["127.0.0.1:1", "[::1]:2", "192.0.2.1:3"]);
});

Deno.test("buildListeners listens on every address of a host name", async () => {
  const data = { names: { localhost: ["::1", "127.0.0.1"] } };
  const { texts } = await build({ "listen-ng": ["localhost:2223"] }, data);
  assert.deepEqual(texts("ng"), ["[::1]:2223", "127.0.0.1:2223"]);
});

Deno.test("buildListeners names the host name it cannot look up", async () => {
  const { errors } = await build({ "listen-https": ["no.example:2226"] });
  assert.match(
    errors[0]!,
    /^listen-https: host name "no\.example" cannot be looked up: .*ENOTFOUND/,
  );
});

Deno.test("buildListeners lets UDP and TCP share a port", async () => {
  const { errors } = await build({
    "listen-ng": ["127.0.0.1:1"],
    "listen-tcp-ng": ["127.0.0.1:1"],
  });
  assert.deepEqual(errors, []);
});

Deno.test("buildListeners finds listeners in each other's way", async () => {
  const cases: [Record<string, string[]>, RegExp][] = [
    [
      { "listen-ng": ["127.0.0.1:1", "127.0.0.1:1"] },
      /^listen-ng: 127\.0\.0\.1:1 is taken by listen-ng/,
    ],
    [{ "listen-ng": ["1", "127.0.0.1:1"] }, /^listen-ng: 127\.0\.0\.1:1 is taken/],
    [{ "listen-http": ["127.0.0.1:1"], "listen-cli": ["127.0.0.1:1"] }, /taken by listen-http/],
    [{ "listen-http": ["1"], "listen-https": ["127.0.0.1:1"] }, /^listen-https: .* by listen-http/],
    [{ "listen-tcp-ng": ["[::]:1"], "listen-cli": ["0.0.0.0:1"] }, /taken by listen-tcp-ng/],
  ];
  for (const [options, message] of cases) {
    const { errors } = await build(options);
    assert.equal(errors.length, 1, JSON.stringify(options));
    assert.match(errors[0]!, message);
  }
});

Deno.test("exposedListeners lists what other hosts can reach", async () => {
  const { listeners } = await build({
    "listen-ng": ["127.0.0.1:1", "192.0.2.1:2"],
    "listen-http": ["[::1]:3"],
    "listen-cli": ["4"],
  });
  assert.deepEqual(exposedListeners(listeners), ["listen-ng 192.0.2.1:2", "listen-cli [::]:4"]);
});

Deno.test("buildListeners finds the old protocols in each other's way only on the same transport", async () => {
  const { errors, texts } = await build({
    "listen-ng": ["127.0.0.1:2223"],
    "listen-udp": ["2222"],
    "listen-tcp": ["127.0.0.1:2222"],
  });
  assert.deepEqual(errors, []);
  assert.deepEqual(texts("rtpproxy"), ["0.0.0.0:2222", "[::]:2222"]);
  assert.deepEqual(texts("mediaproxy"), ["127.0.0.1:2222"]);
  const same = await build({ "listen-ng": ["127.0.0.1:2223"], "listen-udp": ["127.0.0.1:2223"] });
  assert.deepEqual(same.errors, ["listen-udp: 127.0.0.1:2223 is taken by listen-ng already"]);
});

Deno.test("openListeners() are those without an allow-list and without a credential", async () => {
  const wide = { "listen-ng": ["0.0.0.0:2223"], "listen-http": ["0.0.0.0:2225"] };
  const open = async (more: Record<string, string[]>) => {
    const { config, listeners } = await build({ ...wide, ...more });
    return openListeners(listeners, config);
  };
  const [ng, http] = ["listen-ng 0.0.0.0:2223", "listen-http 0.0.0.0:2225"];
  assert.deepEqual(await open({}), [ng, http]);
  assert.deepEqual(await open({ "control-allow": ["10.0.0.0/8"] }), []);
  assert.deepEqual(await open({ "control-allow": ["0.0.0.0/0"] }), [ng, http]);
  assert.deepEqual(await open({ "control-allow-ng": ["10.0.0.1"] }), [http]);
  assert.deepEqual(
    await open({ "control-allow": ["10.0.0.0/8"], "control-allow-http": ["0.0.0.0/0"] }),
    [http],
  );
  assert.deepEqual(await open({ "control-auth": ["listen-http"] }), [ng]);
});
