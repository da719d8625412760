import assert from "node:assert/strict";
import { type IceCredentials, newCredentials } from "../../ice/mod.ts";
import { buildStun } from "../../stun/mod.ts";
import { Bench } from "../fixture_test_support.ts";
import { ruleKeys } from "./agreement.ts";
import { Browser, FakeDtls, Internet, pseudoRandom } from "./browser_test_support.ts";
import { OURS, PHONE, RTP, Setup } from "./setup_test_support.ts";

for (const role of ["passive", "active"] as const) {
  for (const controlling of [true, false]) {
    const name = `${role}, ${controlling ? "controlled" : "controlling"}`;
    Deno.test(`a browser and a phone: ICE, then DTLS, then keys in rules (${name})`, async () => {
      const set = new Setup(controlling);
      set.webrtc(role);
      // until there are keys nothing passes, and nothing goes to where nobody has agreed to be sent to
      assert.equal(set.rule.blackhole, true);
      assert.equal(set.rule.remote, undefined);
      assert.deepEqual(set.phoneRule.outputs, []);
      await set.internet.run(1000);
      assert.deepEqual(set.browser.log, ["connected"]);
      set.assertKeys();
      assert.deepEqual(set.rule.remote, set.browser.address);
      assert.equal(set.rule.learning, "off");
      assert.equal(set.rule.sourceAction, "drop");
      assert.equal(set.rule.blackhole, false);
      assert.deepEqual(set.rule.punt, ["rtcp", "dtls", "stun"]);
      // the phone is not bothered with any of this
      assert.equal(set.phoneRule.decrypt, undefined);
      assert.ok(!set.phoneRule.punt.includes("stun"));
      assert.ok(set.rule.outputs.every(({ encrypt, asReceived }) => !encrypt && !asReceived));
      // one handshake each
      assert.equal(set.dtls.begun, 1);
      assert.equal(set.browser.dtls.begun, 1);
      assert.deepEqual(set.bench.log, []);
    });
  }
}

Deno.test("timers: an idle call with ICE asks for one consent check in about five seconds", async () => {
  const set = new Setup();
  set.webrtc();
  await set.internet.run(1000);
  set.browser.dead = true;
  set.bench.engine.sent.length = 0;
  await set.internet.run(12_000);
  const { length } = set.bench.engine.sent;
  assert.ok(length >= 2 && length <= 3, `${length} datagrams`);
});

Deno.test("consent that is lost stops what is sent; a restart brings it back", async () => {
  const set = new Setup();
  set.webrtc();
  await set.internet.run(1000);
  set.browser.dead = true;
  await set.internet.run(36_000);
  assert.equal(set.rule.remote, undefined);
  set.bench.engine.sent.length = 0;
  set.bench.engine.inject(set.phoneSlot, RTP, PHONE);
  assert.deepEqual(set.bench.engine.sent, []);
  set.browser.dead = false;
  set.browser.restart();
  const fresh = newCredentials(pseudoRandom(2000));
  set.describe({ ice: set.ice(1, fresh) });
  set.browser.start({ ...set.peer, credentials: fresh }, undefined);
  await set.internet.run(1000);
  assert.deepEqual(set.rule.remote, set.browser.address);
});

Deno.test("an ICE restart keeps the old pair until there is a new one, and the keys for good", async () => {
  const set = new Setup();
  set.webrtc();
  await set.internet.run(1000);
  const before = set.rule.decrypt;
  const fresh = newCredentials(pseudoRandom(2000));
  const old = set.browser.agent.local;
  set.browser.restart();
  assert.notEqual(set.browser.agent.local.ufrag, old.ufrag);
  set.describe({ ice: set.ice(1, fresh) });
  await set.internet.run(100);
  assert.deepEqual(set.rule.remote, set.browser.address);
  assert.equal(set.rule.blackhole, false);
  set.browser.start({ ...set.peer, credentials: fresh }, undefined);
  await set.internet.run(1000);
  assert.deepEqual(set.browser.events, ["selected", "completed", "selected", "completed"]);
  assert.deepEqual(set.rule.remote, set.browser.address);
  assert.deepEqual(set.rule.decrypt, before);
  assert.equal(set.dtls.begun, 1);
});

Deno.test("another fingerprint is another handshake; the old keys stay in force until it is done", async () => {
  const set = new Setup();
  set.webrtc();
  await set.internet.run(1000);
  const before = set.rule.decrypt;
  const other = new FakeDtls(77);
  set.describe({ dtls: set.dtlsTerms(1, other.fingerprint) });
  await set.internet.run(100);
  assert.deepEqual(set.rule.decrypt, before);
  assert.equal(set.rule.blackhole, false);
  const second = new Browser(set.internet, "198.51.100.1 4000", 7);
  other.wire = second.dtls.wire;
  Object.assign(second, { dtls: other, agent: set.browser.agent });
  second.start(set.peer, "active");
  second.association!.begin(set.local);
  await set.internet.run(1000);
  assert.notDeepEqual(set.rule.decrypt, before);
  assert.deepEqual(set.rule.decrypt?.key, second.keys!.local.key);
});

Deno.test("a browser that lost everything begins a handshake of its own, and gets it", async () => {
  const set = new Setup();
  set.webrtc();
  await set.internet.run(1000);
  const before = set.rule.decrypt;
  set.browser.start(set.peer, "active");
  set.browser.association!.begin(set.local);
  await set.internet.run(500);
  assert.notDeepEqual(set.rule.decrypt, before);
  set.assertKeys();
});

Deno.test("a call that is gone leaves no timer and no transport behind", async () => {
  const set = new Setup();
  set.webrtc();
  await set.internet.run(300);
  set.bench.send("delete", { "call-id": "c", "from-tag": "a" });
  set.bench.engine.sent.length = 0;
  await set.internet.run(60_000);
  assert.deepEqual(set.bench.engine.sent, []);
});

Deno.test("ICE-lite: the browser's nomination counts, and nothing is checked by us", async () => {
  const set = new Setup(true);
  set.describe(
    { ice: set.ice(0, OURS, true), lite: true },
    { mux: "agreed", rtcpMuxed: true, protocol: "RTP/AVP" },
  );
  set.browser.start(set.peer, undefined);
  await set.internet.run(1000);
  assert.deepEqual(set.rule.remote, set.browser.address);
  const requests = set.bench.engine.sent.filter(({ payload }) => payload[0] === 0);
  assert.equal(requests.length, 0);
  // plain RTP over ICE passes
  set.bench.engine.sent.length = 0;
  set.bench.engine.inject(set.phoneSlot, RTP, PHONE);
  assert.deepEqual(set.bench.engine.sent.map(({ destination }) => destination), [
    set.browser.address,
  ]);
});

Deno.test("after a restart of the daemon a call of ICE and DTLS goes on with pair and keys", async () => {
  const set = new Setup();
  set.webrtc();
  await set.internet.run(1000);
  const text = set.bench.service.snapshot(set.call, "file");
  const dtls = new FakeDtls(42);
  const after = new Bench({ secure: { dtls: () => dtls } });
  after.service.resume(text, () => undefined);
  const slot = [...after.engine.locals].find(([, local]) => local.port === set.local.port)![0];
  const rule = after.engine.rule(slot)!;
  assert.deepEqual(rule.remote, set.browser.address);
  assert.deepEqual(rule.decrypt?.key, set.browser.keys!.local.key);
  assert.equal(rule.blackhole, false);
  // the browser's consent checks are answered, by the new agent
  const internet = new Internet(after, dtls);
  const browser = new Browser(internet, "198.51.100.1 4000", 7);
  browser.agent = set.browser.agent;
  internet.connect(browser);
  await internet.run(60_000);
  assert.deepEqual(after.engine.rule(slot)!.remote, set.browser.address);
  assert.deepEqual(after.engine.rule(slot)!.decrypt?.key, set.browser.keys!.local.key);
  assert.ok(after.engine.sent.some(({ payload }) => payload[0] === 1), "checks are answered");
});

for (const controlling of [true, false]) {
  const who = controlling ? "the browser" : "we";
  Deno.test(`after a restart of the daemon the other end has to consent (${who} in control)`, async () => {
    const set = new Setup(controlling);
    set.webrtc();
    await set.internet.run(1000);
    const text = set.bench.service.snapshot(set.call, "file");
    for (const dead of [false, true]) {
      const dtls = new FakeDtls(42);
      const after = new Bench({ secure: { dtls: () => dtls } });
      after.service.resume(text, () => undefined);
      const slot = [...after.engine.locals].find(([, local]) => local.port === set.local.port)![0];
      const internet = new Internet(after, dtls);
      const browser = new Browser(internet, "198.51.100.1 4000", 7);
      browser.agent = set.browser.agent;
      browser.dead = dead;
      internet.connect(browser);
      // at once, on the pair that was selected
      await internet.run(50);
      const asked = after.engine.sent.filter(({ payload }) => payload[0] === 0);
      assert.ok(asked.length > 0);
      assert.ok(asked.every(({ destination }) => destination.port === 4000));
      await internet.run(35_000);
      assert.deepEqual(after.engine.rule(slot)!.remote, dead ? undefined : browser.address);
      assert.equal(after.engine.rule(slot)!.blackhole, dead);
    }
  });
}

Deno.test("SDES: keys of both directions in rules, RTCP too, and nothing of ICE or DTLS", () => {
  const set = new Setup();
  const crypto = (fill: string) => ({
    tag: 1,
    suite: "AES_CM_128_HMAC_SHA1_80",
    keySalt: fill.repeat(40),
    lifetime: undefined,
    mki: undefined,
    plainRtp: false,
    plainRtcp: false,
    noRtpAuth: false,
  } as const);
  set.describe(
    { keying: { type: "sdes", receive: crypto("A"), send: crypto("B") } },
    { protocol: "RTP/SAVP" },
  );
  const bytes = (fill: string) =>
    ruleKeys({
      suite: "AES_CM_128_HMAC_SHA1_80",
      key: btoa(atob(fill.repeat(40)).slice(0, 16)),
      salt: btoa(atob(fill.repeat(40)).slice(16)),
    });
  assert.deepEqual(set.rule.decrypt, bytes("A"));
  assert.deepEqual(set.rule.learning, "heuristic");
  assert.deepEqual(set.rule.punt, ["rtcp"]);
  assert.deepEqual(set.bench.engine.rule(set.slot + 1)!.decrypt, bytes("A"));
  for (const slot of [set.phoneSlot, set.phoneSlot + 1]) {
    const { outputs } = set.bench.engine.rule(slot)!;
    assert.ok(outputs.length > 0);
    for (const output of outputs) assert.deepEqual(output.encrypt, bytes("B"));
  }
  // the phone gets the same keys: packets pass as they are, once authentic
  set.describe(
    { keying: { type: "sdes", receive: crypto("B"), send: crypto("A") } },
    { protocol: "RTP/SAVP" },
    1,
  );
  for (const rule of [set.rule, set.phoneRule]) {
    assert.ok(rule.decrypt !== undefined);
    assert.ok(rule.outputs.length > 0);
    for (const output of rule.outputs) {
      assert.equal(output.asReceived, true);
      assert.equal(output.encrypt, undefined);
    }
  }
  set.describe({ recrypt: true });
  for (const rule of [set.rule, set.phoneRule]) {
    for (const output of rule.outputs) {
      assert.equal(output.asReceived, undefined);
      assert.ok(output.encrypt !== undefined);
    }
  }
});

Deno.test("query shows ICE, DTLS and suites", async () => {
  const set = new Setup();
  set.webrtc();
  const medias = () => {
    const { tags } = set.bench.send("query", { "call-id": "c" });
    return [tags.a.medias[0], tags.b.medias[0]];
  };
  const [before] = medias();
  assert.deepEqual(
    before.flags.filter((flag: string) => /DTLS|ICE|SDES/.test(flag)),
    ["DTLS-SRTP", "DTLS role passive", "ICE"],
  );
  assert.ok(before.streams[0].flags.includes("ICE"));
  assert.ok(!before.streams[0].flags.includes("DTLS fingerprint verified"));
  assert.equal(before.streams[0]["crypto suite"], undefined);
  await set.internet.run(1000);
  const [after, phone] = medias();
  assert.equal(after.streams[0]["crypto suite"], "AES_CM_128_HMAC_SHA1_80");
  assert.ok(after.streams[0].flags.includes("DTLS fingerprint verified"));
  assert.equal(phone.streams[0]["crypto suite"], undefined);
  assert.ok(!phone.flags.some((flag: string) => /DTLS|SDES/.test(flag)));
  assert.ok(!phone.flags.includes("ICE"));
});

Deno.test("query shows the role in ICE after a conflict, and it stays over a restart of the daemon", async () => {
  // both believe they are in control, or neither does; the browser has the lower tie-breaker
  for (const both of [true, false]) {
    const set = new Setup(both);
    set.webrtc();
    const flag = (bench = set.bench) =>
      bench.send("query", { "call-id": "c" }).tags.a.medias[0].flags.includes("ICE controlling");
    set.describe({}, { controlling: both });
    assert.equal(flag(), both);
    const fresh = newCredentials(pseudoRandom(2000));
    set.browser.restart();
    set.describe({ ice: set.ice(1, fresh) }, { controlling: both });
    set.browser.start({ ...set.peer, credentials: fresh }, undefined);
    await set.internet.run(1000);
    const { controlling } = set.browser.agent;
    assert.equal(flag(), !controlling);
    assert.deepEqual(set.rule.remote, set.browser.address);
    const after = new Bench({ secure: { dtls: () => new FakeDtls(42) } });
    after.service.resume(set.bench.service.snapshot(set.call, "file"), () => undefined);
    assert.equal(flag(after), !controlling);
  }
});

Deno.test("query shows that both roles are open, trickling, lite agents and SDES", () => {
  const set = new Setup();
  const ice = set.ice(0, OURS, true)!;
  set.describe({
    ice: { ...ice, remote: { ...ice.remote!, lite: true, trickle: true } },
    dtls: { ...set.dtlsTerms()!, localSetup: "actpass" },
    keying: { type: "offered" },
    told: [{
      tag: 1,
      suite: "AEAD_AES_256_GCM",
      keySalt: "",
      lifetime: undefined,
      mki: undefined,
      plainRtp: false,
      plainRtcp: false,
      noRtpAuth: false,
    }],
  }, { initialized: false });
  const media = set.call.participants[0]!.medias[0]!;
  assert.deepEqual(media.flags.filter((flag) => /DTLS|ICE|SDES/.test(flag)), [
    "DTLS-SRTP",
    "DTLS role active",
    "DTLS role passive",
    "SDES",
    "ICE",
    "trickle ICE",
    "ICE-lite peer",
    "ICE-lite self",
  ]);
  assert.equal(media.streams[0]!.cryptoSuite, "AEAD_AES_256_GCM");
  // an answer that settles on nothing
  set.describe({}, { initialized: true });
  assert.equal(media.streams[0]!.cryptoSuite, undefined);
});

Deno.test("DTLS without ICE: we begin where signalling says, and again when nobody has answered", async () => {
  const set = new Setup();
  set.browser.dead = true;
  set.describe(
    { dtls: set.dtlsTerms(), keying: { type: "dtls", role: "active" } },
    { mux: "agreed", rtcpMuxed: true, protocol: "UDP/TLS/RTP/SAVP" },
  );
  await set.internet.run(100);
  const hellos = set.bench.engine.sent.filter(({ payload }) => payload[0] === 22);
  assert.ok(hellos.length > 0);
  assert.ok(hellos.every(({ destination }) => destination.port === 4000));
  await set.internet.run(34_000);
  assert.equal(set.dtls.begun, 1);
  set.browser.dead = false;
  set.browser.start(set.peer, "passive");
  await set.internet.run(3000);
  assert.equal(set.dtls.begun, 2);
  assert.deepEqual(set.rule.decrypt?.key, set.browser.keys?.local.key);
});

Deno.test("RTCP on a port of its own has a handshake of its own", async () => {
  const set = new Setup();
  set.describe(
    { dtls: set.dtlsTerms(), keying: { type: "dtls", role: "active" } },
    { protocol: "UDP/TLS/RTP/SAVP" },
  );
  await set.internet.run(100);
  const hellos = set.bench.engine.sent.filter(({ payload }) => payload[0] === 22);
  assert.deepEqual(
    new Set(hellos.map(({ slot, destination }) => `${slot - set.slot} ${destination.port}`)),
    new Set(["0 4000", "1 4001"]),
  );
  // what the phone reports is not sent in clear meanwhile
  assert.deepEqual(set.bench.engine.rule(set.phoneSlot + 1)!.outputs, []);
});

Deno.test("an ICE restart: checks under credentials half old and half new are nobody's", async () => {
  const set = new Setup();
  set.webrtc();
  await set.internet.run(1000);
  const old = set.browser.agent.local;
  set.browser.restart();
  const fresh = newCredentials(pseudoRandom(2000));
  const half = (ours: IceCredentials, theirs: string) => {
    set.bench.engine.sent.length = 0;
    const check = buildStun({
      class: "request",
      transaction: "t".repeat(12),
      username: `${ours.ufrag}:${theirs}`,
      priority: 1,
      useCandidate: true,
      controlling: 1n,
    }, ours.pwd);
    set.bench.engine.inject(set.slot, check, { ...set.browser.address, port: 4444 });
    return set.bench.engine.sent.length;
  };
  // its offer is on its way to the phone
  set.describe({ ice: { ...set.ice(1, fresh)!, stage: "offered" } });
  assert.equal(half(OURS, set.browser.agent.local.ufrag), 0);
  assert.equal(half(fresh, old.ufrag), 0);
  assert.ok(half(fresh, set.browser.agent.local.ufrag) > 0);
  set.describe({ ice: set.ice(1, fresh) });
  assert.equal(half(OURS, set.browser.agent.local.ufrag), 0);
  assert.equal(half(fresh, old.ufrag), 0);
  assert.deepEqual(set.rule.remote, set.browser.address);
});
