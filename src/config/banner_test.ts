import assert from "node:assert/strict";
import type { Endpoint } from "../core/endpoint.ts";
import { type BannerFacts, bannerText, exposureWarnings } from "./banner.ts";
import type { Listeners } from "./listeners.ts";
import { parseCidr } from "./types.ts";

function v4(address: string, port: number): Endpoint {
  return { family: 4, address, port };
}

const NONE: Listeners = {
  ng: [],
  tcpNg: [],
  http: [],
  https: [],
  cli: [],
  rtpproxy: [],
  mediaproxy: [],
};
const LOCAL: Listeners = {
  ng: [v4("127.0.0.1", 2223)],
  tcpNg: [v4("127.0.0.1", 2223)],
  http: [v4("127.0.0.1", 2225)],
  https: [v4("127.0.0.1", 2226)],
  cli: [v4("127.0.0.1", 9900)],
  rtpproxy: [],
  mediaproxy: [],
};
const FACTS: BannerFacts = {
  version: "1.2.3",
  program: "dist/rtpedge",
  listeners: LOCAL,
  interfaces: {
    addresses: [{
      name: "default",
      family: 4,
      address: "10.0.0.5",
      advertised: "203.0.113.7",
      advertisedFamily: 4,
      portMin: 30000,
      portMax: 39999,
    }],
    aliases: new Map([["public", "default"]]),
  },
  controlAllow: [parseCidr("127.0.0.0/8")!],
  relayMode: "steer",
  relayReason: "",
  threads: 2,
  fingerprint: "AB:CD",
};

Deno.test("bannerText says where it listens, for what, and how it relays", () => {
  const banner = bannerText(FACTS);
  for (
    const line of [
      /^rtpedge 1\.2\.3 is running$/m,
      /^ {2}ng over UDP +127\.0\.0\.1:2223$/m,
      /^ {2}ng over TCP +127\.0\.0\.1:2223$/m,
      /^ {2}HTTP, WS +http:\/\/127\.0\.0\.1:2225$/m,
      /^ {2}HTTPS, WSS +https:\/\/127\.0\.0\.1:2226$/m,
      /^ {2}command line +127\.0\.0\.1:9900$/m,
      /^ {2}certificate +SHA-256 AB:CD$/m,
      /^ {2}media +default: 10\.0\.0\.5 as 203\.0\.113\.7, ports 30000 to 39999$/m,
      /^ +public: the same as default$/m,
      /^ {2}relay +steer, 2 threads$/m,
      /^ {2}controlled by +127\.0\.0\.0\/8$/m,
      /^ {2}configuration +no file$/m,
    ]
  ) assert.match(banner, line);
  assert.ok(!banner.includes("WARNING"));
});

Deno.test("bannerText shows the next commands", () => {
  assert.match(
    bannerText(FACTS),
    /Try it:\n {4}curl http:\/\/127\.0\.0\.1:2225\/ping\n {4}dist\/rtpedge ctl list totals\n/,
  );
});

Deno.test("bannerText finds a way to ping with any listener", () => {
  const cases: [Partial<Listeners>, RegExp][] = [
    [{ https: [v4("0.0.0.0", 1)] }, /curl --insecure https:\/\/127\.0\.0\.1:1\/ping/],
    [{ http: [{ family: 6, address: "::1", port: 1 }] }, /curl http:\/\/\[::1\]:1\/ping/],
    [
      { ng: [v4("192.0.2.1", 2223)] },
      /printf '1 d7:command4:pinge' \| nc -u -w1 192\.0\.2\.1 2223/,
    ],
  ];
  for (const [listeners, command] of cases) {
    assert.match(bannerText({ ...FACTS, listeners: { ...NONE, ...listeners } }), command);
  }
  const tcpOnly = { ...NONE, tcpNg: [v4("127.0.0.1", 1)] };
  assert.ok(!bannerText({ ...FACTS, listeners: tcpOnly }).includes("Try it"));
});

Deno.test("bannerText leaves out what there is not, and tells why relaying is slower", () => {
  const { fingerprint: _, ...facts } = FACTS;
  const banner = bannerText({
    ...facts,
    file: "/c",
    listeners: { ...NONE, ng: LOCAL.ng },
    relayMode: "sockets",
    relayReason: "no CAP_BPF",
    threads: 1,
  });
  assert.ok(!/TCP|HTTP|command line|certificate/.test(banner));
  assert.match(banner, /relay +sockets, 1 thread \(no CAP_BPF\)/);
  assert.match(banner, /configuration +\/c/);
});

Deno.test("exposureWarnings warn of listeners that everyone may use", () => {
  const listeners = { ...LOCAL, ng: [v4("0.0.0.0", 2223)] };
  assert.match(
    exposureWarnings({ listeners, controlAllow: [] })[0]!,
    /^whoever reaches listen-ng 0\.0\.0\.0:2223 can control all calls/,
  );
  assert.match(
    bannerText({ ...FACTS, listeners, controlAllow: [] }),
    /WARNING: whoever reaches listen-ng 0\.0\.0\.0:2223/,
  );
});

Deno.test("exposureWarnings are silent behind an allow-list and on loopback", () => {
  const listeners = { ...LOCAL, ng: [v4("0.0.0.0", 2223)] };
  assert.deepEqual(exposureWarnings({ listeners, controlAllow: [parseCidr("10.0.0.0/8")!] }), []);
  assert.deepEqual(exposureWarnings({ listeners: LOCAL, controlAllow: [] }), []);
});

Deno.test("exposureWarnings see through an allow-list of everybody", () => {
  const listeners = { ...LOCAL, cli: [v4("192.0.2.1", 9900)] };
  const controlAllow = [parseCidr("10.0.0.0/8")!, parseCidr("0.0.0.0/0")!];
  assert.equal(exposureWarnings({ listeners, controlAllow }).length, 1);
});
