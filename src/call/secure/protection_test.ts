import assert from "node:assert/strict";
import type { RuleOutput } from "../../relay/types.ts";
import type { Reply } from "../fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B } from "../scenario_test_support.ts";
import { Daemon } from "./daemon_test_support.ts";

const KEYS = {
  "AES_CM_128_HMAC_SHA1_80": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd",
  "AEAD_AES_128_GCM": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw",
  "NULL_HMAC_SHA1_80": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd",
} as const;
type Suite = keyof typeof KEYS;

/** A call whose parties speak the same suite, if not said otherwise, so that the key of one is told the other. */
class SharedKeys {
  readonly daemon = new Daemon();
  readonly offered: Reply;
  readonly answered: Reply;

  constructor(
    readonly suite: Suite,
    keys: { [key: string]: string[] } = {},
    more = "",
    answers = suite,
  ) {
    const secure = (sdp: string, suite: Suite, key: string) =>
      sdp.replace("RTP/AVP", "RTP/SAVP") + `a=crypto:1 ${suite} inline:${key}\n${more}`;
    const { bench } = this.daemon;
    this.offered = bench.offer(A + secure(AUDIO, suite, KEYS[suite]), keys);
    const tag = new RegExp(`a=crypto:(\\d+) ${answers} `).exec(this.offered.sdp)![1];
    const other = `Z${KEYS[answers].slice(1)}`;
    const answer = secure(AUDIO_B, answers, other).replace("crypto:1", `crypto:${tag}`);
    this.answered = bench.answer(B + answer, keys);
  }

  /** What becomes of RTP of A. */
  output(): RuleOutput | undefined {
    const { bench } = this.daemon;
    return bench.rule(this.answered)!.outputs.find(({ match }) => match.includes("rtp"));
  }

  /** And of its RTCP. */
  rtcp(): readonly RuleOutput[] {
    const { bench } = this.daemon;
    return bench.engine.rule(bench.slot(this.answered, 0, "rtcp"))!.outputs;
  }

  silence(command: "silence" | "unsilence"): void {
    const reply = this.daemon.bench.send(`${command} media`, { "call-id": "c", "from-tag": "a" });
    assert.equal(reply.result, "ok");
  }
}

for (const suite of ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"] as const) {
  Deno.test(`sealed hands packets on as they came where keys are shared (${suite})`, () => {
    const call = new SharedKeys(suite);
    assert.equal(call.output()?.asReceived, true);
    assert.equal(call.output()?.encrypt, undefined);
  });

  Deno.test(`sealed never encrypts another payload under a key stream in use (${suite})`, () => {
    const call = new SharedKeys(suite);
    call.silence("silence");
    assert.equal(call.output(), undefined, "silence under the sender's key would give it away");
    assert.equal(call.rtcp().length, 1);
    call.silence("unsilence");
    assert.equal(call.output()?.asReceived, true);
  });

  Deno.test(`sealed silences under keys of our own (${suite} to another suite)`, () => {
    const other = suite.startsWith("AEAD") ? "AES_CM_128_HMAC_SHA1_80" : "AEAD_AES_128_GCM";
    const call = new SharedKeys(suite, {}, "", other);
    call.silence("silence");
    assert.equal(call.output()?.silence, true);
    assert.equal(call.output()?.encrypt?.suite, other);
  });

  Deno.test(`sealed: encrypting the same again is encrypting nothing else (${suite})`, () => {
    const call = new SharedKeys(suite, { flags: ["recrypt"] });
    assert.equal(call.output()?.asReceived, undefined);
    assert.ok(call.output()?.encrypt !== undefined);
  });
}

Deno.test("sealed silences what is not encrypted: there is no key stream", () => {
  const call = new SharedKeys("NULL_HMAC_SHA1_80");
  call.silence("silence");
  assert.equal(call.output()?.silence, true);
  assert.ok(call.output()?.encrypt !== undefined);
});

Deno.test("sealed: another header leaves the key stream as it is, but not the tag of AES-GCM", () => {
  const extension = "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\n";
  const strip = { flags: ["strip extmap"] };
  const plain = new SharedKeys("AES_CM_128_HMAC_SHA1_80", strip, extension);
  assert.deepEqual(plain.output()?.extensions, []);
  assert.ok(plain.output()?.encrypt !== undefined);
  const gcm = new SharedKeys("AEAD_AES_128_GCM", strip, extension);
  assert.deepEqual(gcm.output()?.extensions, []);
  const { bench } = gcm.daemon;
  const key = bench.rule(gcm.answered)!.decrypt!.key;
  assert.notDeepEqual(gcm.output()?.encrypt?.key, key, "a key of our own");
});
