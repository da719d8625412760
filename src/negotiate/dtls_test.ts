import assert from "node:assert/strict";
import { answeredDtls, dtlsOfAnswerer, dtlsOfOfferer, readDtls, type RemoteDtls } from "./dtls.ts";
import { request } from "./request_test_support.ts";
import { countingSource, described, withSession } from "./secure_test_support.ts";

const OFFER = request();
const source = countingSource();

function digest(byte: string, length = 32): string {
  return Array(length).fill(byte).join(":");
}

function remote(setup: string | undefined, byte = "AA", tlsId?: string): RemoteDtls {
  const { sdp, section } = described(
    `a=fingerprint:sha-256 ${digest(byte)}`,
    ...(setup === undefined ? [] : [`a=setup:${setup}`]),
    ...(tlsId === undefined ? [] : [`a=tls-id:${tlsId}`]),
  );
  return readDtls(sdp, section)!;
}

Deno.test("readDtls takes what stands at the session level where a section has none", () => {
  const { sdp, section } = withSession(
    [`a=fingerprint:sha-1 ${digest("AA", 20)}`, "a=setup:ACTPASS", `a=tls-id:${"x".repeat(20)}`],
    ["a=setup:passive"],
  );
  const dtls = readDtls(sdp, section)!;
  assert.deepEqual(dtls.fingerprints.map(({ hash }) => hash), ["sha-1"]);
  assert.deepEqual([dtls.remoteSetup, dtls.remoteTlsId], ["passive", "x".repeat(20)]);
});

Deno.test("readDtls finds none without a fingerprint it can check", () => {
  for (const value of ["md5 AA", "sha-256 AA:BB", `sha3-256 ${digest("AA")}`, ""]) {
    const { sdp, section } = described(`a=fingerprint:${value}`, "a=setup:active");
    assert.equal(readDtls(sdp, section), undefined, value);
  }
});

Deno.test("readDtls leaves out setups and identifiers nobody knows", () => {
  const { remoteSetup, remoteTlsId } = remote("sideways", "AA", "short");
  assert.deepEqual([remoteSetup, remoteTlsId], [undefined, undefined]);
});

Deno.test("dtlsOfOfferer takes the role that is left, the client's if it may choose", () => {
  const setup = (keys: string, theirs: string | undefined, passive = false) =>
    dtlsOfOfferer(
      keys === "" ? OFFER : request({ DTLS: keys }),
      undefined,
      undefined,
      remote(theirs),
      countingSource(passive),
    )?.localSetup;
  assert.deepEqual(["actpass", "active", "passive", undefined].map((one) => setup("", one)), [
    "active",
    "passive",
    "active",
    "passive",
  ]);
  assert.equal(setup("", "holdconn"), undefined);
  assert.equal(setup("passive", "actpass"), "passive");
  assert.equal(setup("passive", "passive"), "active");
  assert.equal(setup("", "actpass", true), "passive");
  assert.equal(setup("active", "actpass", true), "active");
});

Deno.test("dtlsOfOfferer keeps association, role and identifier until something is new", () => {
  const first = dtlsOfOfferer(OFFER, undefined, undefined, remote("active"), source)!;
  const again = dtlsOfOfferer(OFFER, first, "passive", remote("actpass"), source)!;
  assert.deepEqual([again.localSetup, again.generation], ["passive", 0]);
  assert.equal(again.localTlsId, first.localTlsId);
  const other = dtlsOfOfferer(OFFER, first, "passive", remote("actpass", "BB"), source)!;
  assert.deepEqual([other.localSetup, other.generation], ["active", 1]);
  assert.notEqual(other.localTlsId, first.localTlsId);
  const switched = dtlsOfOfferer(OFFER, first, "passive", remote("passive"), source)!;
  assert.deepEqual([switched.localSetup, switched.generation], ["active", 1]);
});

Deno.test("dtlsOfOfferer begins anew when the identifier changes", () => {
  const [a, b] = ["a".repeat(24), "b".repeat(24)];
  const first = dtlsOfOfferer(OFFER, undefined, undefined, remote("active", "AA", a), source)!;
  const same = dtlsOfOfferer(OFFER, first, "passive", remote("active", "AA", a), source)!;
  assert.equal(same.generation, 0);
  const other = dtlsOfOfferer(OFFER, first, "passive", remote("active", "AA", b), source)!;
  assert.equal(other.generation, 1);
});

Deno.test("fingerprints have the hash of the peer's, or the one that is asked for", () => {
  const { sdp, section } = described(`a=fingerprint:sha-1 ${digest("AA", 20)}`, "a=setup:active");
  const sha1 = readDtls(sdp, section)!;
  const asked = request({ "DTLS-fingerprint": "SHA-512" });
  assert.equal(dtlsOfOfferer(OFFER, undefined, undefined, sha1, source)!.hash, "sha-1");
  assert.equal(dtlsOfOfferer(asked, undefined, undefined, sha1, source)!.hash, "sha-512");
  assert.equal(dtlsOfAnswerer(OFFER, undefined, source).hash, "sha-256");
  assert.equal(dtlsOfAnswerer(asked, undefined, source).hash, "sha-512");
});

Deno.test("answeredDtls settles the role, and begins anew with another certificate or role", () => {
  const offered = dtlsOfAnswerer(OFFER, undefined, source);
  assert.equal(offered.localSetup, "actpass");
  const first = answeredDtls(OFFER, offered, undefined, remote("active"), source)!;
  assert.deepEqual([first.role, first.dtls.localSetup, first.dtls.generation], [
    "passive",
    "passive",
    0,
  ]);
  const again = answeredDtls(OFFER, first.dtls, "passive", remote("active"), source)!;
  assert.equal(again.dtls.generation, 0);
  const other = answeredDtls(OFFER, first.dtls, "passive", remote("active", "CC"), source)!;
  assert.equal(other.dtls.generation, 1);
  const switched = answeredDtls(OFFER, first.dtls, "passive", remote("passive"), source)!;
  assert.deepEqual([switched.role, switched.dtls.generation], ["active", 1]);
  assert.equal(answeredDtls(OFFER, offered, undefined, remote(undefined), source)!.role, "active");
  assert.equal(answeredDtls(OFFER, offered, undefined, remote("holdconn"), source), undefined);
});
