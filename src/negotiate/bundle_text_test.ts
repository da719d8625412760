import assert from "node:assert/strict";
import { parseSdp, type Sdp } from "../sdp/mod.ts";
import {
  bundleGroups,
  MAX_BUNDLED,
  midExtension,
  midIdentifier,
  signalledSources,
  withMid,
} from "./bundle_text.ts";

const URI = "urn:ietf:params:rtp-hdrext:sdes:mid";

function sdp(session: readonly string[], ...medias: readonly (readonly string[])[]): Sdp {
  const lines = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"];
  const sections = medias.flatMap((media) => ["m=audio 4000 RTP/AVP 0", ...media]);
  return parseSdp([...lines, ...session, ...sections].map((line) => `${line}\r\n`).join(""));
}

function mids(...names: string[]): string[][] {
  return names.map((name) => [`a=mid:${name}`]);
}

Deno.test("bundleGroups keeps the order of groups and members", () => {
  assert.deepEqual(
    bundleGroups(sdp(["a=group:BUNDLE c a", "a=group:BUNDLE b"], ...mids("a", "b", "c"))),
    [
      [2, 0],
      [1],
    ],
  );
});

Deno.test("bundleGroups skips other semantics, unknown names and second memberships", () => {
  const groups = ["a=group:LS a b", "a=group:BUNDLE", "a=group:BUNDLE x a a", "a=group:BUNDLE b a"];
  assert.deepEqual(bundleGroups(sdp(groups, ...mids("a", "b", ""))), [[0], [1]]);
  assert.deepEqual(bundleGroups(sdp(["a=group"], ...mids("a"))), []);
  assert.deepEqual(bundleGroups(sdp(["a=group:BUNDLE a"], ...mids("a", "a"))), [[0]]);
});

Deno.test("bundleGroups ends where forwarding rules do", () => {
  const names = Array.from({ length: 12 }, (_, i) => `m${i}`);
  const [group] = bundleGroups(sdp([`a=group:BUNDLE ${names.join(" ")}`], ...mids(...names)));
  assert.equal(group?.length, MAX_BUNDLED);
  const long = "x".repeat(33);
  assert.deepEqual(bundleGroups(sdp([`a=group:BUNDLE a ${long}`], ...mids("a", long))), [[0]]);
});

Deno.test("midExtension reads every form of a=extmap", () => {
  const of = (...lines: string[]) => {
    const text = sdp([], lines);
    return midExtension(text, text.medias[0]!);
  };
  assert.equal(of(`a=extmap:3 ${URI}`), 3);
  assert.equal(of("a=extmap:1 urn:x", `a=extmap:255/sendonly ${URI} attributes`), 255);
  for (
    const line of [`a=extmap:0 ${URI}`, `a=extmap:256 ${URI}`, `a=extmap: ${URI}`, "a=extmap:1"]
  ) {
    assert.equal(of(line), undefined, line);
  }
});

Deno.test("midExtension falls back to the session level only where a section has no extensions", () => {
  const text = sdp([`a=extmap:7 ${URI}`], [], ["a=extmap:1 urn:x"]);
  assert.deepEqual(text.medias.map((media) => midExtension(text, media)), [7, undefined]);
});

Deno.test("withMid puts, keeps and takes away", () => {
  assert.deepEqual(withMid(["extmap:1 urn:x"], 2), ["extmap:1 urn:x", `extmap:2 ${URI}`]);
  assert.deepEqual(withMid([`extmap:2/recvonly ${URI}`], 2), [`extmap:2/recvonly ${URI}`]);
  assert.deepEqual(withMid([`extmap:3 ${URI}`], 2), [`extmap:2 ${URI}`]);
  assert.deepEqual(withMid(["extmap:1 urn:x", `extmap:3 ${URI}`], undefined), ["extmap:1 urn:x"]);
});

Deno.test("midIdentifier prefers what is agreed, then what is described, and takes nobody else's", () => {
  const agreed = [{ midExtension: undefined }, { midExtension: 5 }];
  assert.equal(midIdentifier(sdp([], [`a=extmap:3 ${URI}`]), agreed), 5);
  assert.equal(midIdentifier(sdp([], [], [`a=extmap:3 ${URI}`]), []), 3);
  assert.equal(midIdentifier(sdp(["a=extmap:1 urn:x"], ["a=extmap:2 urn:y"]), []), 3);
  assert.equal(midIdentifier(sdp([], ["a=extmap:5 urn:y"]), agreed), 1);
  assert.equal(midIdentifier(sdp([], [`a=extmap:3 ${URI}`], ["a=extmap:3 urn:y"]), []), 1);
  const full = Array.from({ length: 14 }, (_, i) => `a=extmap:${i + 1} urn:${i}`);
  assert.equal(midIdentifier(sdp([], full), []), undefined);
});

Deno.test("signalledSources reads a=ssrc, each source once, and no nonsense", () => {
  const of = (...lines: string[]) => signalledSources(sdp([], lines).medias[0]!);
  assert.deepEqual(of("a=ssrc:1 cname:x", "a=ssrc:1 msid:y", "a=ssrc:4294967295 cname:z"), [
    1,
    4294967295,
  ]);
  assert.deepEqual(of("a=ssrc:4294967296 cname:x", "a=ssrc:-1 a", "a=ssrc:0x1 b", "a=ssrc"), []);
  const many = Array.from({ length: 20 }, (_, i) => `a=ssrc:${i + 1} cname:x`);
  assert.equal(of(...many).length, 8);
});
