import assert from "node:assert/strict";
import type { CryptoAttribute } from "../srtp/sdes.ts";
import { SUITE_NAMES, type SuiteName } from "../srtp/suites.ts";
import { request } from "./request_test_support.ts";
import { answeredKeys, chosenKeys, offeredCryptos, readCryptos, type SdesKeys } from "./sdes.ts";
import { NO_SECURITY } from "./secure_state.ts";
import { countingSource, described } from "./secure_test_support.ts";

const S80: SuiteName = "AES_CM_128_HMAC_SHA1_80";
const S32: SuiteName = "AES_CM_128_HMAC_SHA1_32";
const GCM: SuiteName = "AEAD_AES_256_GCM";
const OFFER = request();
const { random } = countingSource();

function key(tag: number, suite: SuiteName, keySalt: string): CryptoAttribute {
  const parameters = { plainRtp: false, plainRtcp: false, noRtpAuth: false };
  return { tag, suite, keySalt, lifetime: undefined, mki: undefined, ...parameters };
}

function sdes(...words: string[]) {
  return request({ SDES: words });
}

function brief(cryptos: readonly CryptoAttribute[]): string[] {
  return cryptos.map(({ tag, suite }) => `${tag} ${suite}`);
}

Deno.test("readCryptos leaves out what cannot be used, and takes each tag once", () => {
  const inline = `inline:${"A".repeat(40)}`;
  const lines = [
    `a=crypto:1 ${S80} ${inline}`,
    `a=crypto:1 ${S32} ${inline}`,
    `a=crypto:2 NEW ${inline}`,
    "a=crypto:nonsense",
    `a=crypto:3 ${S32} ${inline}`,
  ];
  assert.deepEqual(brief(readCryptos(described(...lines).section)), [`1 ${S80}`, `3 ${S32}`]);
  const many = Array.from({ length: 100 }, (_, i) => `a=crypto:${i + 1} ${S80} ${inline}`);
  assert.equal(readCryptos(described(...many).section).length, 32);
});

Deno.test("offeredCryptos offers every suite with a key of its own", () => {
  const offered = offeredCryptos(OFFER, [], NO_SECURITY, random);
  assert.deepEqual(offered.map(({ suite }) => suite), SUITE_NAMES);
  assert.deepEqual(offered.map(({ tag }) => tag), SUITE_NAMES.map((_, i) => i + 1));
  assert.equal(new Set(offered.map(({ keySalt }) => keySalt)).size, SUITE_NAMES.length);
});

Deno.test("offeredCryptos hands on keys of the other side first, and numbers on from there", () => {
  const copied = [key(3, S80, "a"), key(5, S32, "b")];
  const offered = offeredCryptos(OFFER, copied, NO_SECURITY, random);
  assert.deepEqual(brief(offered).slice(0, 3), [`3 ${S80}`, `5 ${S32}`, `6 ${GCM}`]);
  assert.deepEqual(offered.slice(0, 2).map(({ keySalt }) => keySalt), ["a", "b"]);
  assert.equal(offered.length, SUITE_NAMES.length);
});

Deno.test("offeredCryptos goes by no-, only-, nonew, order and off", () => {
  const from = (...words: string[]) =>
    brief(offeredCryptos(sdes(...words), [key(1, S80, "a")], NO_SECURITY, random));
  assert.deepEqual(from("off"), []);
  assert.deepEqual(from("nonew"), [`1 ${S80}`]);
  assert.deepEqual(from(`only-${GCM}`, `only-${S32}`), [`1 ${GCM}`, `2 ${S32}`]);
  assert.ok(!from(`no-${S80}`).some((one) => one.includes(S80)));
  assert.deepEqual(from("nonew", `no-${S80}`), []);
  assert.deepEqual(from(`order:${S32};${GCM};`).slice(0, 3), [
    `8 ${S32}`,
    `2 ${GCM}`,
    `1 ${S80}`,
  ]);
});

Deno.test("offeredCryptos changes session parameters as asked, and lifetimes only then", () => {
  const before = { ...key(1, S80, "a"), plainRtp: true, plainRtcp: true, lifetime: "2^20" };
  const [crypto] = offeredCryptos(
    sdes("encrypted_srtp", "unauthenticated_srtp"),
    [before],
    NO_SECURITY,
    random,
  );
  assert.deepEqual([crypto!.plainRtp, crypto!.plainRtcp, crypto!.noRtpAuth], [false, true, true]);
  assert.equal(crypto!.lifetime, undefined);
  const [kept] = offeredCryptos(sdes("lifetime"), [before], NO_SECURITY, random);
  assert.equal(kept!.lifetime, "2^31");
});

Deno.test("offeredCryptos keeps the key in use, under a tag nobody else has", () => {
  const keying: SdesKeys = { type: "sdes", receive: key(1, GCM, "in"), send: key(1, GCM, "out") };
  const plain = offeredCryptos(OFFER, [], { ...NO_SECURITY, keying }, random);
  assert.deepEqual([plain[0]!.tag, plain[0]!.keySalt], [1, "out"]);
  const beside = offeredCryptos(OFFER, [key(1, S80, "a")], { ...NO_SECURITY, keying }, random);
  assert.deepEqual(beside.slice(0, 2).map(({ tag, keySalt }) => [tag, keySalt]), [
    [1, "a"],
    [2, "out"],
  ]);
  assert.equal(new Set(beside.map(({ tag }) => tag)).size, beside.length);
});

Deno.test("offeredCryptos keeps keys of our own until there is an answer, but none of somebody else", () => {
  const offered = { ...NO_SECURITY, keying: { type: "offered" } } as const;
  const former = [key(1, S80, "a")];
  const told = offeredCryptos(OFFER, former, offered, random);
  const again = offeredCryptos(OFFER, [key(1, S32, "c")], { ...offered, told }, random, former);
  const saltOf = (list: typeof told, suite: string) =>
    list.find((one) => one.suite === suite)!.keySalt;
  for (const { suite } of told.filter(({ suite }) => suite !== S80 && suite !== S32)) {
    assert.equal(saltOf(again, suite), saltOf(told, suite), suite);
  }
  assert.equal(saltOf(again, S32), key(1, S32, "c").keySalt);
  assert.notEqual(saltOf(again, S80), former[0]!.keySalt);
});

Deno.test("offeredCryptos says the same again to a party that uses DTLS", () => {
  const told = [key(4, S80, "x")];
  const before = { ...NO_SECURITY, told, keying: { type: "dtls", role: "active" } as const };
  assert.deepEqual(offeredCryptos(OFFER, [key(1, GCM, "a")], before, random), told);
});

Deno.test("answeredKeys goes by tag and suite", () => {
  const told = [key(1, S80, "ours"), key(2, S32, "other")];
  const keys = answeredKeys(told, [key(1, S32, "x"), key(2, S32, "theirs")]);
  assert.deepEqual([keys?.receive.keySalt, keys?.send.keySalt], ["theirs", "other"]);
  assert.equal(answeredKeys(told, []), undefined);
});

Deno.test("answeredKeys goes by the suite alone where that names one key", () => {
  const told = [key(1, S80, "ours"), key(2, S32, "other")];
  for (const tag of [1, 99]) {
    const keys = answeredKeys(told, [key(tag, S32, "theirs")]);
    assert.deepEqual([keys?.receive.keySalt, keys?.send.keySalt], ["theirs", "other"]);
  }
  const later = answeredKeys(told, [key(1, S32, "x"), key(1, S80, "theirs")]);
  assert.equal(later?.receive.keySalt, "theirs", "the right tag counts first");
  assert.equal(answeredKeys(told, [key(1, GCM, "x")]), undefined, "nobody offered that");
  const twice = [key(1, S80, "one"), key(2, S80, "another")];
  assert.equal(answeredKeys(twice, [key(3, S80, "x")]), undefined, "which of the two?");
  assert.equal(answeredKeys(twice, [key(2, S80, "x")])?.send.keySalt, "another");
});

Deno.test("chosenKeys hands on the key of the other side where it has the suite", () => {
  const heard = [key(3, S80, "a"), key(5, S32, "b")];
  const other: SdesKeys = { type: "sdes", receive: key(9, S32, "b's"), send: key(9, S32, "b") };
  const keys = chosenKeys(OFFER, { ...NO_SECURITY, heard }, other, random)!;
  assert.deepEqual([keys.receive.tag, keys.send.tag, keys.send.keySalt], [5, 5, "b's"]);
  const own = chosenKeys(OFFER, { ...NO_SECURITY, heard }, undefined, random)!;
  assert.deepEqual([own.receive.tag, own.send.tag, own.send.suite], [3, 3, S80]);
  assert.notEqual(own.send.keySalt, "a");
});

Deno.test("chosenKeys keeps the key in use while the suite stays", () => {
  const keying: SdesKeys = { type: "sdes", receive: key(1, S80, "old"), send: key(1, S80, "kept") };
  const heard = [key(7, S80, "new")];
  const other: SdesKeys = { type: "sdes", receive: key(1, S80, "c"), send: key(1, S80, "d") };
  const keys = chosenKeys(OFFER, { ...NO_SECURITY, heard, keying }, other, random)!;
  assert.deepEqual([keys.receive.keySalt, keys.send.keySalt, keys.send.tag], ["new", "kept", 7]);
});

Deno.test("chosenKeys stays with its suite under static, and looks in an order under offerer_pref", () => {
  const heard = [key(1, GCM, "g"), key(2, S80, "s")];
  const keying: SdesKeys = { type: "sdes", receive: key(2, S80, "s"), send: key(2, S80, "kept") };
  const fixed = chosenKeys(sdes("static"), { ...NO_SECURITY, heard, keying }, undefined, random)!;
  assert.deepEqual([fixed.receive.suite, fixed.send.keySalt], [S80, "kept"]);
  const asked = sdes(`offerer_pref:${S80};`);
  assert.equal(chosenKeys(asked, { ...NO_SECURITY, heard }, undefined, random)!.send.suite, S80);
});

Deno.test("chosenKeys takes over session parameters, and has nothing to choose from nothing", () => {
  const heard = [{ ...key(1, S80, "a"), plainRtp: true, mki: { value: 1, length: 4 } }];
  const { send } = chosenKeys(OFFER, { ...NO_SECURITY, heard }, undefined, random)!;
  assert.deepEqual([send.plainRtp, send.mki], [true, undefined]);
  assert.equal(chosenKeys(OFFER, NO_SECURITY, undefined, random), undefined);
});
