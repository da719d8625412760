import assert from "node:assert/strict";
import type { Endpoint } from "../../core/endpoint.ts";
import { Browser, FakeDtls, pseudoRandom } from "./browser_test_support.ts";
import { buildStun } from "../../stun/mod.ts";
import { HELLO, OURS, RTP, Setup, STRANGER } from "./setup_test_support.ts";

Deno.test("D2-12 ClientHellos of those ICE does not know destroy nothing, before and after", async () => {
  const set = new Setup();
  const spray = (): void => {
    for (let port = 6000; port < 6050; port++) {
      set.bench.engine.inject(set.slot, HELLO, { ...STRANGER, port });
    }
  };
  set.webrtc();
  spray();
  await set.internet.run(50);
  spray();
  assert.equal(set.dtls.begun <= 1, true);
  await set.internet.run(1000);
  set.assertKeys();
  spray();
  await set.internet.run(200);
  set.assertKeys();
  assert.equal(set.dtls.begun, 1);
  const replies = set.bench.engine.sent.filter(({ destination }) =>
    destination.address === STRANGER.address
  );
  assert.deepEqual(replies, []);
  assert.deepEqual(set.bench.log, []);
});

Deno.test("D2-13 the wrong certificate fails this section only, and is logged once", async () => {
  const set = new Setup();
  const wrong = new FakeDtls(66).fingerprint;
  set.describe(
    { ice: set.ice(), dtls: set.dtlsTerms(0, wrong), keying: { type: "dtls", role: "passive" } },
    { mux: "agreed", rtcpMuxed: true, protocol: "UDP/TLS/RTP/SAVPF" },
  );
  set.browser.start(set.peer, "active");
  await set.internet.run(5000);
  for (let i = 0; i < 3; i++) {
    set.browser.association?.close();
    set.browser.start(set.peer, "active");
    set.browser.association!.begin(set.local);
    await set.internet.run(500);
  }
  assert.equal(set.rule.decrypt, undefined);
  assert.equal(set.rule.blackhole, true);
  const lines = set.bench.log.filter((line) => line.includes("fingerprint"));
  assert.equal(lines.length, 1, lines.join());
  assert.ok(set.call.participants[1]!.medias[0]!.live);
});

Deno.test("D2-14 who does not know the password gets no answer", async () => {
  const set = new Setup();
  set.webrtc();
  await set.internet.run(1000);
  const check = set.bench.engine.sent.find(({ payload }) => payload[0] === 0)!.payload;
  set.bench.engine.sent.length = 0;
  for (let i = 0; i < 1000; i++) {
    const forged = check.slice();
    forged[8] = i & 255;
    forged[9] = i >> 8;
    set.bench.engine.inject(set.slot, forged, { ...STRANGER, port: 1024 + i });
  }
  assert.deepEqual(set.bench.engine.sent, []);
  assert.deepEqual(set.rule.remote, set.browser.address);
});

Deno.test("D2-4 nothing is learned from SRTP before it is authentic, and never with ICE", async () => {
  const set = new Setup();
  set.webrtc();
  for (let i = 0; i < 20; i++) set.bench.engine.inject(set.slot, RTP, STRANGER);
  assert.equal(set.bench.engine.counters(set.slot).remote, undefined);
  await set.internet.run(1000);
  for (let i = 0; i < 20; i++) set.bench.engine.inject(set.slot, RTP, STRANGER);
  assert.deepEqual(set.bench.engine.counters(set.slot).remote, set.browser.address);
  assert.ok(
    !set.bench.engine.sent.some(({ destination }) => destination.address === STRANGER.address),
  );
});

Deno.test("candidates that must not be sent to are not", async () => {
  const set = new Setup();
  const ice = set.ice()!;
  const bad: Endpoint[] = [
    { family: 4, address: "203.0.113.1", port: 2223 },
    { family: 4, address: "224.0.0.1", port: 4000 },
    { family: 6, address: "2001:db8::5", port: 4000 },
  ];
  const candidates = bad.map((endpoint) => ({ ...set.browser.candidate, endpoint }));
  set.describe(
    {
      ice: { ...ice, remote: { ...ice.remote!, candidates } },
      dtls: set.dtlsTerms(),
      keying: { type: "dtls", role: "active" },
    },
    { mux: "agreed", rtcpMuxed: true, controlling: true },
  );
  await set.internet.run(2000);
  assert.deepEqual(set.bench.engine.sent, []);
});

Deno.test("DTLS without ICE: with whom signalling names, whatever its port, and with nobody else", async () => {
  const set = new Setup();
  set.describe(
    { dtls: set.dtlsTerms(), keying: { type: "dtls", role: "passive" } },
    { mux: "agreed", rtcpMuxed: true, protocol: "UDP/TLS/RTP/SAVP" },
  );
  assert.deepEqual(set.rule.punt, ["rtcp", "dtls"]);
  assert.equal(set.rule.blackhole, true);
  assert.equal(set.rule.learning, "off");
  set.bench.engine.inject(set.slot, HELLO, STRANGER);
  await set.internet.run(50);
  assert.equal(set.dtls.begun, 0);
  // behind a NAT, from another port than it says
  const browser = new Browser(set.internet, "198.51.100.1 4777", 8);
  set.describe({ dtls: set.dtlsTerms(1, browser.dtls.fingerprint) });
  browser.start(set.peer, "active");
  browser.association!.begin(set.local);
  await set.internet.run(500);
  assert.deepEqual(browser.log, ["connected"]);
  assert.deepEqual(set.rule.decrypt?.key, browser.keys!.local.key);
  // it has shown who it is, so it is sent to at once; from now on packets are learned from
  assert.deepEqual(set.rule.remote, browser.address);
  assert.equal(set.rule.learning, "heuristic");
  assert.equal(set.rule.blackhole, false);
  // where it wants its media next is where that goes
  const moved: Endpoint = { family: 4, address: "198.51.100.1", port: 4888 };
  set.describe({}, { rtp: moved });
  assert.deepEqual(set.rule.remote, moved);
});

Deno.test("whatever bytes come, nothing is thrown, and strangers are not answered", async () => {
  const set = new Setup();
  set.webrtc();
  await set.internet.run(1000);
  const random = pseudoRandom(31);
  const { decrypt, remote } = set.rule;
  const known = set.bench.engine.sent.find(({ payload }) => payload[0] === 0)!.payload;
  set.bench.engine.sent.length = 0;
  for (let i = 0; i < 3000; i++) {
    const [kind, length] = random(2);
    const bytes = kind! < 85 ? known.slice() : random(1 + length!);
    if (kind! < 85) bytes[random(1)[0]! % bytes.length]! ^= 1 + random(1)[0]! % 255;
    else bytes[0] = kind! % 2 === 0 ? kind! % 4 : 20 + kind! % 44;
    const source = kind! % 3 === 0 ? set.browser.address : STRANGER;
    set.bench.engine.inject(set.slot, bytes, source);
    if (i % 100 === 0) await set.internet.run(10);
  }
  const strange = set.bench.engine.sent.filter(({ destination }) =>
    destination.address === STRANGER.address
  );
  assert.deepEqual(strange, []);
  assert.deepEqual(set.rule.decrypt, decrypt);
  assert.deepEqual(set.rule.remote, remote);
});

for (const role of ["passive", "active"] as const) {
  Deno.test(`DTLS with ICE: from any address that is valid, and from no other (we are ${role})`, async () => {
    const set = new Setup();
    const other: Endpoint = { ...set.browser.address, port: 4009 };
    set.browser.dtlsFrom = other;
    set.webrtc(role);
    await set.internet.run(2000);
    assert.equal(set.rule.decrypt, undefined);
    assert.deepEqual(set.rule.remote, set.browser.address);
    const check = buildStun({
      class: "request",
      transaction: "t".repeat(12),
      username: `${OURS.ufrag}:${set.browser.agent.local.ufrag}`,
      priority: 1,
      controlling: 1n,
    }, OURS.pwd);
    set.bench.engine.inject(set.slot, check, other);
    await set.internet.run(2000);
    set.assertKeys();
    // media keeps to the pair that was selected
    assert.deepEqual(set.rule.remote, set.browser.address);
    assert.equal(set.dtls.begun, 1);
  });
}

Deno.test("DTLS without ICE: hellos under forged ports hold nobody up", async () => {
  for (const from of ["198.51.100.1 4000", "198.51.100.1 4777"]) {
    const set = new Setup();
    const browser = new Browser(set.internet, from, 8);
    set.describe(
      {
        dtls: set.dtlsTerms(0, browser.dtls.fingerprint),
        keying: { type: "dtls", role: "passive" },
      },
      { mux: "agreed", rtcpMuxed: true, protocol: "UDP/TLS/RTP/SAVP" },
    );
    for (let port = 6000; port < 6050; port++) {
      set.bench.engine.inject(set.slot, HELLO, { ...set.browser.address, port });
    }
    await set.internet.run(50);
    assert.equal(set.dtls.begun, 4, "attempts at a time");
    browser.start(set.peer, "active");
    browser.association!.begin(set.local);
    await set.internet.run(from.endsWith(" 4000") ? 500 : 2000);
    assert.deepEqual(browser.log, ["connected"], from);
    assert.deepEqual(set.rule.decrypt?.key, browser.keys!.local.key);
  }
});

Deno.test("a forged hello that comes to nothing does not end the one of the other end that begins anew", async () => {
  const set = new Setup();
  set.describe(
    { dtls: set.dtlsTerms(), keying: { type: "dtls", role: "passive" } },
    { mux: "agreed", rtcpMuxed: true, protocol: "UDP/TLS/RTP/SAVP" },
  );
  set.browser.start(set.peer, "active");
  set.browser.association!.begin(set.local);
  await set.internet.run(500);
  const before = set.rule.decrypt;
  assert.ok(before !== undefined);
  const forger: Endpoint = { ...set.browser.address, port: 6000 };
  // two attempts; the forger's ends with a certificate that is nobody's
  set.bench.engine.inject(set.slot, HELLO, forger);
  const finished = HELLO.slice();
  finished[13] = 20;
  set.browser.start(set.peer, "active");
  const { association } = set.browser;
  set.bench.engine.inject(set.slot, HELLO, forger);
  association!.begin(set.local);
  set.bench.engine.inject(set.slot, finished, forger);
  await set.internet.run(500);
  assert.notDeepEqual(set.rule.decrypt, before);
  set.assertKeys();
});
