/**
 * A daemon with ICE and DTLS in memory, and browsers that call through it.
 *
 * @module
 */

import assert from "node:assert/strict";
import { parseFingerprint } from "../../dtls/mod.ts";
import { parseCandidate } from "../../ice/mod.ts";
import type { Rule } from "../../relay/types.ts";
import { Bench, type Keys, type Reply } from "../fixture_test_support.ts";
import type { SecureOptions } from "./secure_media.ts";
import { Browser, FakeDtls, Internet, pseudoRandom } from "./browser_test_support.ts";

/** Towards a browser. */
export const WEB: Keys = { "transport protocol": "UDP/TLS/RTP/SAVPF", "ICE": "force" };
/** Towards a phone. */
export const PLAIN: Keys = { "transport protocol": "RTP/AVP", "ICE": "remove" };

/** A daemon that ends ICE and keys. */
export class Daemon {
  readonly dtls = new FakeDtls(99);
  readonly bench: Bench;
  readonly internet: Internet;

  constructor(options: SecureOptions = {}) {
    this.bench = new Bench({
      secure: { dtls: () => this.dtls, random: pseudoRandom(5), ...options },
      source: {
        random: pseudoRandom(6),
        fingerprint: () => this.dtls.fingerprint,
        dtlsPassive: false,
      },
    });
    this.internet = new Internet(this.bench, this.dtls);
  }

  browser(address: string, seed: number, controlling = true): Browser {
    return new Browser(this.internet, address, seed, controlling);
  }
}

/** What a browser says of itself, with as many sections as types. */
export function describe(
  { agent, dtls, address }: Browser,
  setup: "actpass" | "active" | "passive",
  types: readonly string[] = ["audio"],
): string {
  const { ufrag, pwd } = agent.local;
  const { hash, digest } = dtls.fingerprint;
  const { address: host, port } = address;
  const mids = types.map((_, i) => String(i));
  const session = "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nt=0 0\n" +
    `a=group:BUNDLE ${mids.join(" ")}\n`;
  return session +
    types.map((type, i) =>
      `m=${type} 9 UDP/TLS/RTP/SAVPF ${96 + i}\nc=IN IP4 0.0.0.0\na=mid:${i}\na=rtcp-mux\n` +
      `a=rtpmap:${96 + i} ${type === "audio" ? "opus/48000/2" : "VP8/90000"}\n` +
      `a=setup:${setup}\na=fingerprint:${hash} ${digest}\na=ice-ufrag:${ufrag}\na=ice-pwd:${pwd}\n` +
      `a=candidate:1 1 UDP 2130706431 ${host} ${port} typ host\na=end-of-candidates\na=sendrecv\n`
    ).join("");
}

/** Does what a description says. @param setup what the browser said of itself */
export function accept(
  browser: Browser,
  reply: Reply,
  setup: "actpass" | "active" | "passive",
): void {
  assert.equal(reply.result, "ok", JSON.stringify(reply));
  const value = (name: string) => new RegExp(`^a=${name}:(.*)\r$`, "m").exec(reply.sdp)?.[1] ?? "";
  const said = value("setup");
  const role = setup === "actpass" ? said === "active" ? "passive" : "active" : setup;
  browser.start({
    credentials: { ufrag: value("ice-ufrag"), pwd: value("ice-pwd") },
    candidate: parseCandidate(value("candidate"))!.endpoint,
    fingerprint: parseFingerprint(value("fingerprint"))!,
  }, role);
}

/** Asserts that a browser and the rules of a call agree on keys. */
export function assertConnected(browser: Browser, own: Rule, towards: readonly Rule[]): void {
  assert.deepEqual(browser.log, ["connected"]);
  assert.deepEqual(own.decrypt?.key, browser.keys!.local.key);
  assert.deepEqual(own.remote, browser.address);
  for (const { outputs } of towards) {
    const keys = outputs.map(({ encrypt }) => encrypt?.key);
    assert.ok(keys.length > 0);
    for (const key of keys) assert.deepEqual(key, browser.keys!.remote.key);
  }
}
