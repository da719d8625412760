import assert from "node:assert/strict";
import { isPlainTwin } from "./hidden.ts";
import { plainProtocol, translateProtocol } from "./protocol.ts";
import { request, type Written } from "./request_test_support.ts";
import { answerSecurity, offerSecurity, type SecureOutcome, shareSecurity } from "./secure.ts";
import { NO_SECURITY, type SecureState } from "./secure_state.ts";
import { countingSource, described } from "./secure_test_support.ts";
import { NEW_MEDIA } from "./state.ts";

const [AVP, SAVP, TLS] = ["RTP/AVP", "RTP/SAVP", "UDP/TLS/RTP/SAVPF"];
const S80 = "AES_CM_128_HMAC_SHA1_80";
const DTLS = [`a=fingerprint:sha-256 ${Array(32).fill("AA").join(":")}`, "a=setup:actpass"];
const CLIENT = [`a=fingerprint:sha-256 ${Array(32).fill("BB").join(":")}`, "a=setup:active"];

function crypto(tag: number, letter: string): string {
  return `a=crypto:${tag} ${S80} inline:${letter.repeat(40)}`;
}

/** One call: what passes from whom to whom. */
class Parties {
  readonly #source = countingSource();
  a: SecureState | undefined;
  b: SecureState | undefined;
  /** Headers change on the way. */
  edited = false;

  /** A offers under the profile `heard`, which B sees as `told`. */
  offer(heard: string, told: string, lines: string[], keys: { [key: string]: Written } = {}): void {
    this.#take(offerSecurity(this.#exchange(heard, told, lines, keys, this.a, this.b)));
  }

  /** B answers under the profile `heard`, which A sees as `told`. */
  answer(
    heard: string,
    told: string,
    lines: string[],
    keys: { [key: string]: Written } = {},
  ): void {
    const { from, to } = answerSecurity(
      this.#exchange(heard, told, lines, keys, this.b, this.a),
    );
    this.#take({ from: to, to: from });
  }

  #take({ from, to }: SecureOutcome): void {
    [this.a, this.b] = [from, to];
  }

  #exchange(
    heard: string,
    told: string,
    lines: string[],
    keys: { [key: string]: Written },
    from: SecureState | undefined,
    to: SecureState | undefined,
  ) {
    const known = to !== undefined;
    return {
      request: request(keys),
      ...described(...lines),
      source: this.#source,
      from,
      to,
      heard,
      told,
      known,
      edited: this.edited,
    };
  }
}

Deno.test("RTP to SRTP: everything is offered, and the answer settles it", () => {
  const call = new Parties();
  call.offer(AVP, SAVP, []);
  assert.equal(call.a!.keying.type, "none");
  assert.equal(call.b!.keying.type, "offered");
  assert.equal(call.b!.told.length, 12);
  assert.equal(call.b!.dtls!.localSetup, "actpass");
  const { tag, keySalt } = call.b!.told.find(({ suite }) => suite === S80)!;
  call.answer(SAVP, AVP, [crypto(tag, "b")]);
  const { keying } = call.b!;
  assert.ok(keying.type === "sdes");
  assert.deepEqual([keying.send.keySalt, keying.receive.keySalt], [keySalt, "b".repeat(40)]);
  assert.equal(call.b!.dtls, undefined, "SDES was chosen");
  assert.equal(call.a!.keying.type, "none");
});

Deno.test("SRTP to RTP: DTLS is preferred, unless SDES is said to be", () => {
  const both = [crypto(1, "a"), ...DTLS];
  const call = new Parties();
  call.offer(SAVP, AVP, both);
  call.answer(AVP, SAVP, []);
  assert.deepEqual(call.a!.keying, { type: "dtls", role: "active" });
  assert.deepEqual([call.a!.told, call.a!.heard], [[], []]);
  const preferred = new Parties();
  preferred.offer(SAVP, AVP, both, { SDES: ["prefer"] });
  preferred.answer(AVP, SAVP, []);
  assert.equal(preferred.a!.keying.type, "sdes");
  const refused = new Parties();
  refused.offer(SAVP, AVP, both);
  refused.answer(AVP, SAVP, [], { DTLS: "off" });
  assert.equal(refused.a!.keying.type, "sdes");
});

Deno.test("SRTP to SRTP: keys of one side are told the other, so that packets can stay as they are", () => {
  const call = new Parties();
  call.offer(SAVP, SAVP, [crypto(1, "a")]);
  call.answer(SAVP, SAVP, [crypto(1, "b")]);
  const [a, b] = [call.a!.keying, call.b!.keying];
  assert.ok(a.type === "sdes" && b.type === "sdes");
  assert.deepEqual([a.receive.keySalt, b.send.keySalt], ["a".repeat(40), "a".repeat(40)]);
  assert.deepEqual([b.receive.keySalt, a.send.keySalt], ["b".repeat(40), "b".repeat(40)]);
});

Deno.test("keys of AES-GCM are nobody else's where headers change on the way", () => {
  const gcm = (tag: number, letter: string) =>
    `a=crypto:${tag} AEAD_AES_256_GCM inline:${letter.repeat(59)}`;
  for (const edited of [false, true]) {
    const call = new Parties();
    call.edited = edited;
    call.offer(SAVP, SAVP, [gcm(1, "A"), crypto(2, "a")], { DTLS: "off" });
    const told = call.b!.told.find(({ suite }) => suite === "AEAD_AES_256_GCM")!;
    assert.equal(told.keySalt === "A".repeat(59), !edited);
    // what only encrypts may be shared
    assert.equal(call.b!.told.find(({ suite }) => suite === S80)!.keySalt, "a".repeat(40));
    call.answer(SAVP, SAVP, [gcm(told.tag, "B")]);
    assert.ok(call.a!.keying.type === "sdes" && call.b!.keying.type === "sdes");
    assert.equal(call.b!.keying.receive.keySalt, "B".repeat(59));
    assert.equal(call.a!.keying.send.keySalt === "B".repeat(59), !edited);
  }
});

Deno.test("keys in use stay in use until a re-offer is answered", () => {
  const call = new Parties();
  call.offer(TLS, SAVP, DTLS, { DTLS: "off" });
  const { tag } = call.b!.told.find(({ suite }) => suite === S80)!;
  call.answer(SAVP, TLS, [crypto(tag, "b")]);
  const [a, b] = [call.a!.keying, call.b!.keying];
  call.offer(TLS, SAVP, DTLS, { DTLS: "off" });
  assert.deepEqual([call.a!.keying, call.b!.keying], [a, b]);
  assert.equal(call.a!.dtls!.generation, 0);
});

Deno.test("an answer without keys forwards nothing where keys were offered", () => {
  for (const lines of [[], [crypto(99, "b").replace(S80, "NEW")], ["a=setup:active"]]) {
    const call = new Parties();
    call.offer(AVP, SAVP, []);
    call.answer(SAVP, AVP, lines);
    assert.equal(call.b!.keying.type, "offered", lines.join());
  }
  const downgraded = new Parties();
  downgraded.offer(AVP, SAVP, []);
  downgraded.answer(AVP, AVP, []);
  assert.equal(downgraded.b!.keying.type, "offered", "a profile in an answer turns no keys off");
  const accepted = new Parties();
  accepted.offer(AVP, SAVP, []);
  accepted.answer(AVP, AVP, [], { "transport protocol": "accept" });
  assert.equal(accepted.b!.keying.type, "none");
});

Deno.test("SDES off and DTLS off take away what would be offered", () => {
  const call = new Parties();
  call.offer(AVP, SAVP, [], { SDES: "off", DTLS: "off" });
  assert.deepEqual([call.b!.told, call.b!.dtls, call.b!.keying.type], [[], undefined, "offered"]);
});

Deno.test("a party that has agreed on SDES is not offered DTLS again, unless the profile wants it", () => {
  const call = new Parties();
  call.offer(AVP, SAVP, []);
  const { tag } = call.b!.told.find(({ suite }) => suite === S80)!;
  call.answer(SAVP, AVP, [crypto(tag, "b")]);
  call.offer(AVP, SAVP, []);
  assert.equal(call.b!.dtls, undefined);
  call.offer(AVP, TLS, []);
  assert.ok(call.b!.dtls);
});

Deno.test("opportunistic SRTP passes, and is refused when the other side refuses", () => {
  const call = new Parties();
  call.offer(AVP, AVP, [crypto(1, "a")]);
  assert.ok(call.a!.opportunistic && call.b!.opportunistic);
  call.answer(AVP, AVP, []);
  assert.deepEqual([call.a!.keying.type, call.b!.keying.type], ["none", "none"]);
  const accepted = new Parties();
  accepted.offer(AVP, AVP, [crypto(1, "a")]);
  accepted.answer(AVP, AVP, [], { OSRTP: ["accept"] });
  assert.deepEqual([accepted.a!.keying.type, accepted.b!.keying.type], ["sdes", "none"]);
  const ended = new Parties();
  ended.offer(AVP, AVP, [crypto(1, "a")], { "transport protocol": AVP! });
  assert.equal(ended.b!.opportunistic, false);
  ended.answer(AVP, AVP, []);
  assert.equal(ended.a!.keying.type, "sdes", "there was nobody to refuse it");
});

Deno.test("opportunistic SRTP is offered when asked for", () => {
  for (const word of ["offer", "offer-RFC", "offer-legacy"]) {
    const call = new Parties();
    call.offer(AVP, AVP, [], { OSRTP: [word] });
    assert.ok(call.b!.opportunistic && call.b!.told.length > 0, word);
    call.answer(AVP, AVP, CLIENT);
    assert.deepEqual(call.b!.keying, { type: "dtls", role: "passive" });
  }
});

Deno.test("recrypt is remembered on both sides", () => {
  const call = new Parties();
  call.offer(SAVP, SAVP, [crypto(1, "a")], { flags: ["recrypt"] });
  call.answer(SAVP, SAVP, [crypto(1, "b")]);
  assert.ok(call.a!.recrypt && call.b!.recrypt);
});

Deno.test("shareSecurity gives sections of a bundle the transport of their carrier", () => {
  const bundle = (carrier: number, rank: number) =>
    ({ stage: "agreed", group: 0, rank, carrier }) as const;
  const [one, two] = [{ ...NO_SECURITY, lite: true }, { ...NO_SECURITY }];
  const state = (secure: SecureState, carrier: number, rank: number) => ({
    ...NEW_MEDIA,
    secure,
    bundle: bundle(carrier, rank),
  });
  const shared = shareSecurity([
    { from: state(one, 0, 0), to: { ...NEW_MEDIA, secure: one } },
    { from: state(two, 0, 1), to: { ...NEW_MEDIA, secure: two } },
  ]);
  assert.equal(shared[1]!.from.secure, one);
  assert.equal(shared[1]!.to.secure, two, "a side without a bundle has a transport per section");
});

Deno.test("translateProtocol and plainProtocol know the profiles", () => {
  assert.equal(translateProtocol("rtp/avp", TLS), TLS);
  assert.equal(translateProtocol("RTP/SAVPF", undefined), "RTP/SAVPF");
  assert.equal(translateProtocol("udptl", SAVP), "udptl");
  assert.equal(translateProtocol(AVP!, "accept"), AVP);
  assert.deepEqual([TLS, SAVP, "udptl"].map((one) => plainProtocol(one!)), [
    "RTP/AVPF",
    "RTP/AVP",
    "udptl",
  ]);
});

Deno.test("isPlainTwin finds the plain section beside one with keys, and only then", () => {
  const plain = "m=audio 2000 RTP/AVP 8";
  const twin = (osrtp: string[], lines: string[]) => {
    const { sdp } = described(...lines);
    return isPlainTwin(request({ OSRTP: osrtp }), sdp, sdp.medias.at(-1)!);
  };
  const secure = ["m=audio 2000 RTP/SAVP 8", crypto(1, "a")];
  assert.ok(twin(["accept-legacy"], [...secure, plain]));
  assert.ok(twin(["accept"], [...secure, plain]));
  assert.ok(!twin([], [...secure, plain]));
  assert.ok(!twin(["accept"], ["m=audio 2000 RTP/SAVP 8", plain]), "without keys");
  assert.ok(!twin(["accept"], [...secure, "m=audio 2002 RTP/AVP 8"]), "on another port");
  assert.ok(!twin(["accept"], [...secure, "m=audio 0 RTP/AVP 8"]), "rejected");
  assert.ok(!twin(["accept"], [plain, ...secure]), "the one with keys itself");
});
