import assert from "node:assert/strict";
import type { Endpoint } from "../../core/endpoint.ts";
import { type IceCredentials, newCredentials } from "../../ice/mod.ts";
import { type MediaState, NO_SECURITY, type SecureState } from "../../negotiate/mod.ts";
import type { Rule } from "../../relay/mod.ts";
import type { Call } from "../call.ts";
import { Bench, type BenchOptions } from "../fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B } from "../scenario_test_support.ts";
import { ruleKeys } from "./agreement.ts";
import {
  Browser,
  type BrowserPeer,
  FakeDtls,
  Internet,
  pseudoRandom,
} from "./browser_test_support.ts";

const OURS = newCredentials(pseudoRandom(1000));
const PHONE: Endpoint = { family: 4, address: "198.51.100.2", port: 5000 };
const STRANGER: Endpoint = { family: 4, address: "192.0.2.66", port: 6666 };
const RTP = Uint8Array.from([0x80, 8, 0, 1, 0, 0, 0, 9, 0, 0, 0, 7, ...new Array(20).fill(0xd5)]);
const HELLO = Uint8Array.of(
  22,
  254,
  253,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  30,
  1,
  ...new Array(30).fill(7),
);

/** A call of a browser, `a`, and a phone, `b`, as signalling leaves it. */
class Setup {
  readonly dtls = new FakeDtls(99);
  readonly bench: Bench;
  readonly internet: Internet;
  readonly call: Call;
  readonly browser: Browser;
  /** Our port towards the browser. */
  readonly slot: number;
  readonly phoneSlot: number;

  constructor(controlling = true, options: BenchOptions = {}) {
    this.bench = new Bench({
      ...options,
      secure: { dtls: () => this.dtls, random: pseudoRandom(5), ...options.secure },
    });
    const offered = this.bench.offer(A + AUDIO);
    const answered = this.bench.answer(B + AUDIO_B);
    this.slot = this.bench.slot(answered);
    this.phoneSlot = this.bench.slot(offered);
    this.internet = new Internet(this.bench);
    this.call = [...this.bench.service.registry.calls()][0] as Call;
    this.browser = new Browser(this.internet, "198.51.100.1 4000", 7, controlling);
  }

  get local(): Endpoint {
    return this.bench.engine.locals.get(this.slot)!;
  }

  get peer(): BrowserPeer {
    return { credentials: OURS, candidate: this.local, fingerprint: this.dtls.fingerprint };
  }

  get rule(): Rule {
    return this.bench.engine.rule(this.slot)!;
  }

  get phoneRule(): Rule {
    return this.bench.engine.rule(this.phoneSlot)!;
  }

  /** The descriptions now say this of the browser's section. */
  describe(secure: Partial<SecureState>, more: Partial<MediaState> = {}, party = 0): void {
    const media = this.call.participants[party]!.medias[0]!;
    media.state = {
      ...media.state,
      ...more,
      secure: { ...(media.state.secure ?? NO_SECURITY), ...secure },
    };
    this.bench.send("unblock media", { "call-id": "c" });
  }

  /** ICE as descriptions of both have it. */
  ice(generation = 0, local: IceCredentials = OURS, lite = false): SecureState["ice"] {
    return {
      local: { credentials: local, lite, trickle: false },
      remote: {
        credentials: this.browser.agent.local,
        lite: false,
        trickle: false,
        candidates: [this.browser.candidate],
        complete: true,
      },
      stage: "agreed",
      generation,
    };
  }

  dtlsTerms(generation = 0, fingerprint = this.browser.dtls.fingerprint): SecureState["dtls"] {
    return {
      fingerprints: [fingerprint],
      remoteSetup: "actpass",
      remoteTlsId: undefined,
      localSetup: "passive",
      hash: "sha-256",
      localTlsId: undefined,
      generation,
    };
  }

  /** ICE and DTLS over one port, the browser being the client. */
  webrtc(role: "active" | "passive" = "passive"): void {
    this.describe(
      { ice: this.ice(), dtls: this.dtlsTerms(), keying: { type: "dtls", role } },
      { mux: "agreed", rtcpMuxed: true, protocol: "UDP/TLS/RTP/SAVPF", controlling: false },
    );
    this.browser.start(this.peer, role === "passive" ? "active" : "passive");
  }

  /** What the rules should say once keys are agreed. */
  assertKeys(): void {
    const keys = this.browser.keys!;
    assert.ok(keys !== undefined, "the browser has keys");
    assert.deepEqual(this.rule.decrypt?.key, keys.local.key);
    assert.deepEqual(this.rule.decrypt?.salt, keys.local.salt);
    const out = this.phoneRule.outputs.find(({ slot }) => slot === this.slot)!;
    assert.deepEqual(out.encrypt?.key, keys.remote.key);
    assert.equal(out.encrypt?.suite, "AES_CM_128_HMAC_SHA1_80");
  }
}

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

Deno.test("D2 12: ClientHellos of those ICE does not know destroy nothing, before and after", async () => {
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

Deno.test("D2 13: the wrong certificate fails this section only, and is logged once", async () => {
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

Deno.test("D2 14: who does not know the password gets no answer", async () => {
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

Deno.test("D2 4: nothing is learned from SRTP before it is authentic, and never with ICE", async () => {
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
  const after = new Bench({ secure: { dtls: () => new FakeDtls(42) } });
  after.service.resume(text, () => undefined);
  const slot = [...after.engine.locals].find(([, local]) => local.port === set.local.port)![0];
  const rule = after.engine.rule(slot)!;
  assert.deepEqual(rule.remote, set.browser.address);
  assert.deepEqual(rule.decrypt?.key, set.browser.keys!.local.key);
  assert.equal(rule.blackhole, false);
  // the browser's consent checks are answered, by the new agent
  const internet = new Internet(after);
  const browser = new Browser(internet, "198.51.100.1 4000", 7);
  browser.agent = set.browser.agent;
  internet.connect(browser);
  await internet.run(60_000);
  assert.deepEqual(after.engine.rule(slot)!.remote, set.browser.address);
  assert.deepEqual(after.engine.rule(slot)!.decrypt?.key, set.browser.keys!.local.key);
  assert.ok(after.engine.sent.some(({ payload }) => payload[0] === 1), "checks are answered");
});

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
  });
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
