/**
 * Lines about keys and candidates as somebody hostile, or broken, writes them: whatever is taken makes sense, and
 * nothing takes long.
 *
 * @module
 */

import assert from "node:assert/strict";
import { canonicalIp } from "../core/ip.ts";
import { formatFingerprint, HASHES, parseFingerprint } from "../dtls/fingerprint.ts";
import { formatCandidate, parseCandidate } from "../ice/candidate.ts";
import { validCredentials } from "../ice/credentials.ts";
import { SdpError } from "../sdp/mod.ts";
import { formatCrypto, keysOf, parseCrypto } from "../srtp/sdes.ts";
import { SUITE_NAMES, SUITES } from "../srtp/suites.ts";
import { readDtls } from "./dtls.ts";
import { parseFragment, withFragment } from "./fragment.ts";
import { readIce } from "./ice.ts";
import { readCryptos } from "./sdes.ts";
import { MAX_CANDIDATES, NO_SECURITY, type SecureState } from "./secure_state.ts";
import { described } from "./secure_test_support.ts";
import { NEW_MEDIA } from "./state.ts";
import { type Pick, random } from "../core/random_test_support.ts";

const KEY = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
const CRYPTOS = [
  `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^20|1:4`,
  `22 AEAD_AES_256_GCM inline:${"A".repeat(59)}= UNENCRYPTED_SRTCP WSH=64`,
  `3 NULL_HMAC_SHA1_32 inline:${KEY}|1000;inline:${KEY}|2^31 -X=1 UNAUTHENTICATED_SRTP`,
];
const CANDIDATES = [
  "842163049 1 udp 1677729535 203.0.113.5 46154 typ srflx raddr 10.0.0.1 rport 46154 generation 0",
  "f+/ 2 UDP 2130706431 2001:db8::1 9 typ host",
  "1 1 TCP 1518280447 192.0.2.1 9 typ host tcptype active",
  "1 1 udp 1 ::ffff:192.0.2.1 65535 typ relay raddr 0.0.0.0 rport 0",
];
const PRINTS = Object.entries({ "sha-1": 20, "sha-224": 28, "sha-256": 32, "sha-512": 64 })
  .map(([hash, length]) => `${hash} ${Array(length).fill("aB").join(":")}`);
const PIECES = [
  ...["|", ":", ";", " ", "  ", "\t", "=", "/", "+", "-", "\x00", "\xff", "\r", "\u0000", "%", "^"],
  ...["inline:", "2^", "2^99", "typ", "host", "0", "00", "4294967296", "1e9", "-1", "0x10", "NaN"],
  ...["__proto__", "constructor", "toString", "::", "255.255.255.255", "[::1]", "sha-256 "],
  ...[" UNENCRYPTED_SRTP", " UNENCRYPTED_SRTP=1", "|0:1", "|9999999999:16", "==="],
];

function mutate(text: string, pick: Pick): string {
  const at = pick(text.length + 1);
  const to = Math.min(text.length, at + pick(8));
  switch (pick(6)) {
    case 0:
      return text.slice(0, at) + text.slice(to);
    case 1:
      return text.slice(0, at) + PIECES[pick(PIECES.length)] + text.slice(at);
    case 2:
      return text.slice(0, at) + String.fromCharCode(pick(256)) + text.slice(at + 1);
    case 3:
      return text.slice(0, at) + text.slice(at, to).repeat(1 + pick(40)) + text.slice(to);
    case 4:
      return text.slice(0, at) + PIECES[pick(PIECES.length)] + text.slice(to);
    default:
      return text.slice(0, at);
  }
}

/** @returns how many were taken */
function attack(
  seeds: readonly string[],
  rounds: number,
  take: (text: string) => boolean,
): number {
  const pick = random(seeds.length * 1009 + rounds);
  let taken = 0;
  for (let round = 0; round < rounds; round++) {
    let text = seeds[round % seeds.length]!;
    for (let i = pick(4); i > 0; i--) text = mutate(text, pick);
    if (take(text)) taken++;
  }
  return taken;
}

Deno.test("parseCrypto: of 20,000 mutations each is refused, or makes sense and is read the same again", () => {
  const taken = attack(CRYPTOS, 20_000, (text) => {
    const crypto = parseCrypto(text);
    if (typeof crypto === "string") return false;
    const { tag, suite, mki } = crypto;
    assert.ok(Number.isInteger(tag) && tag >= 0 && tag <= 999_999_999, text);
    assert.ok(SUITE_NAMES.includes(suite), text);
    const { key, salt } = keysOf(crypto);
    assert.deepEqual(
      [key.length, salt.length],
      [SUITES[suite].keyLength, SUITES[suite].saltLength],
      text,
    );
    if (mki !== undefined) {
      assert.ok(
        mki.length >= 1 && mki.length <= 16 && BigInt(mki.value) < 256n ** BigInt(mki.length),
      );
      assert.equal(keysOf(crypto).mki?.length, mki.length);
    }
    const written = formatCrypto(crypto, true);
    const again = parseCrypto(written);
    assert.ok(typeof again === "object", written);
    assert.deepEqual(keysOf(again), keysOf(crypto), text);
    assert.equal(formatCrypto(again, true), written);
    // nothing that was read can add a line, or a word
    assert.match(written, /^\d+ \w+ inline:[A-Za-z0-9+/]+=*(\|[0-9^]+)?(\|\d+:\d+)?( UN\w+)*$/);
    return true;
  });
  assert.ok(taken > 2_000, `only ${taken} were taken`);
});

Deno.test("parseCandidate: of 20,000 mutations each is refused, or makes sense and is read the same again", () => {
  const taken = attack(CANDIDATES, 20_000, (text) => {
    const candidate = parseCandidate(text);
    if (candidate === undefined) return false;
    const { endpoint: { family, address, port }, priority, component, foundation } = candidate;
    assert.deepEqual(canonicalIp(address), { family, address }, text);
    assert.ok(port >= 1 && port <= 65535 && priority >= 1 && priority < 2 ** 31, text);
    assert.ok(component === 1 || component === 2);
    assert.match(foundation, /^[A-Za-z0-9+/]{1,32}$/);
    assert.deepEqual(parseCandidate(formatCandidate(candidate)), candidate);
    return true;
  });
  assert.ok(taken > 3_000, `only ${taken} were taken`);
});

Deno.test("parseFingerprint: of 10,000 mutations each is refused, or a digest of the right length", () => {
  const taken = attack(PRINTS, 10_000, (text) => {
    const fingerprint = parseFingerprint(text);
    if (fingerprint === undefined) return false;
    assert.ok(Object.hasOwn(HASHES, fingerprint.hash), text);
    assert.match(fingerprint.digest, /^[0-9A-F]{2}(:[0-9A-F]{2})+$/);
    assert.deepEqual(parseFingerprint(formatFingerprint(fingerprint)), fingerprint);
    return true;
  });
  assert.ok(taken > 2_000, `only ${taken} were taken`);
});

Deno.test("descriptions with hundreds of hostile lines are read in part, and in no time", () => {
  const pick = random(77);
  const lines: string[] = [];
  for (let i = 0; i < 120; i++) {
    lines.push(
      `a=crypto:${mutate(CRYPTOS[i % CRYPTOS.length]!, pick)}`,
      `a=candidate:${mutate(CANDIDATES[i % CANDIDATES.length]!, pick)}`,
      `a=candidate:1 1 UDP ${1 + i} 192.0.2.1 ${1 + i} typ host`,
      `a=fingerprint:${mutate(PRINTS[i % PRINTS.length]!, pick)}`,
    );
  }
  const clean = lines.map((line) => line.replaceAll(/[\r\n]/g, ""));
  const { sdp, section } = described("a=ice-ufrag:abcd", `a=ice-pwd:${"p".repeat(22)}`, ...clean);
  const cryptos = readCryptos(section);
  assert.ok(cryptos.length > 0 && cryptos.length <= 32);
  assert.equal(new Set(cryptos.map(({ tag }) => tag)).size, cryptos.length);
  const { candidates, credentials } = readIce(sdp, section)!;
  assert.equal(candidates.length, MAX_CANDIDATES);
  assert.ok(validCredentials(credentials));
  const places = candidates.map(({ component, type, endpoint }) =>
    `${component} ${type} ${endpoint.address} ${endpoint.port}`
  );
  assert.equal(new Set(places).size, places.length, "each once");
  assert.ok(readDtls(sdp, section)!.fingerprints.length <= 8);
});

Deno.test("long lines that nearly fit are refused at once", () => {
  const long = 60_000;
  const nearly = [
    `1 AES_CM_128_HMAC_SHA1_80${" ".repeat(long)}\t`,
    `1 A inline:${"A".repeat(long)}!`,
    `1 A inline:${KEY}${" x".repeat(long)}\t`,
    `1 A inline:${KEY}${" ".repeat(long)}\t`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}${" -".repeat(long)}`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|${"2^".repeat(long)}`,
    `${"9".repeat(long)} A B`,
    `1 1 udp 1 ${"1.".repeat(long)} 1 typ host`,
    `1 1 udp 1 ${":".repeat(long)} 1 typ host`,
    `${" ".repeat(long)}1 1 udp`,
    `1 1 udp ${"1".repeat(long)} 192.0.2.1 1 typ host`,
    `sha-256 ${"AA:".repeat(long)}`,
    `sha-256 ${"AA:".repeat(31)}AA${" ".repeat(long)}x`,
    `sha-256${" ".repeat(long)}A`,
  ];
  for (const text of nearly) {
    for (let i = 0; i < 20; i++) {
      const crypto = parseCrypto(text);
      assert.ok(typeof crypto === "string" || crypto.suite === "AES_CM_128_HMAC_SHA1_80");
      assert.equal(parseCandidate(text), undefined);
      assert.equal(parseFingerprint(text), undefined);
    }
  }
});

Deno.test("5,000 hostile fragments: never more candidates than are kept, and none of other credentials", () => {
  const pick = random(99);
  const credentials = { ufrag: "abcd", pwd: "p".repeat(22) };
  const local = { credentials, lite: false, trickle: true };
  const remote = { credentials, lite: false, trickle: true, candidates: [], complete: false };
  const secure: SecureState = {
    ...NO_SECURITY,
    ice: { remote, local, stage: "agreed", generation: 0 },
  };
  let states = ["a", "v"].map((mid) => ({ ...NEW_MEDIA, mid, secure: { ...secure } }));
  let taken = 0;
  for (let round = 0; round < 5_000; round++) {
    const port = 1 + pick(65535);
    const lines = [
      "a=ice-ufrag:abcd",
      `a=ice-pwd:${"p".repeat(22)}`,
      "m=audio 9 RTP/AVP 0",
      `a=mid:${["a", "v", "__proto__", ""][pick(4)]}`,
      `a=candidate:1 1 UDP 1000 192.0.2.${pick(256)} ${port} typ host`,
      ...(pick(9) === 0 ? ["a=end-of-candidates"] : []),
      ...(pick(9) === 0 ? ["m=video 9 RTP/AVP 0"] : []),
    ];
    let text = lines.map((line) => `${line}\r\n`).join("");
    for (let i = pick(3); i > 0; i--) text = mutate(text, pick);
    try {
      const next = withFragment(states, parseFragment(text)) as typeof states;
      assert.equal(next.length, states.length);
      if (next.some((state, i) => state !== states[i])) taken++;
      states = next;
    } catch (error) {
      assert.ok(error instanceof SdpError, String(error));
    }
    for (const { secure: { ice } } of states) {
      assert.ok(ice!.remote!.candidates.length <= MAX_CANDIDATES);
      assert.deepEqual(ice!.remote!.credentials, credentials);
      assert.deepEqual(ice!.local, local);
    }
  }
  assert.ok(taken > 1_000, `only ${taken} were taken`);
});
