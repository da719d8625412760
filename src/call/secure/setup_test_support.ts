/**
 * A call of a browser and a phone whose descriptions the test writes as states.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Endpoint } from "../../core/endpoint.ts";
import { type IceCredentials, newCredentials } from "../../ice/mod.ts";
import { type MediaState, NO_SECURITY, type SecureState } from "../../negotiate/mod.ts";
import type { Rule } from "../../relay/mod.ts";
import type { Call } from "../call.ts";
import { Bench, type BenchOptions } from "../fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B } from "../scenario_test_support.ts";
import {
  Browser,
  type BrowserPeer,
  FakeDtls,
  Internet,
  pseudoRandom,
} from "./browser_test_support.ts";

/** Our credentials towards the browser. */
export const OURS = newCredentials(pseudoRandom(1000));
/** Where the phone is. */
export const PHONE: Endpoint = { family: 4, address: "198.51.100.2", port: 5000 };
/** Somebody who has nothing to do with the call. */
export const STRANGER: Endpoint = { family: 4, address: "192.0.2.66", port: 6666 };
/** A packet in clear. */
export const RTP = Uint8Array.from([
  0x80,
  8,
  0,
  1,
  0,
  0,
  0,
  9,
  0,
  0,
  0,
  7,
  ...new Array(20).fill(0xd5),
]);
/** A ClientHello as far as anybody looks without OpenSSL. */
export const HELLO = Uint8Array.of(
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
export class Setup {
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
    this.internet = new Internet(this.bench, this.dtls);
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
