import assert from "node:assert/strict";
import { parseSdp, type Sdp } from "../sdp/mod.ts";
import {
  acceptedGroups,
  bundleAnswer,
  bundleOffer,
  type BundleSection,
  offersBundle,
  UNBUNDLED,
  writtenGroups,
} from "./bundle.ts";
import { type BundleMember, type MediaState, NEW_MEDIA } from "./state.ts";

function sdp(groups: readonly string[], ...ports: number[]): Sdp {
  const lines = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"];
  const sections = ports.flatMap((port, i) => [`m=audio ${port} RTP/AVP 0`, `a=mid:${i}`]);
  const text = [...lines, ...groups.map((mids) => `a=group:BUNDLE ${mids}`), ...sections];
  return parseSdp(text.map((line) => `${line}\r\n`).join(""));
}

function state(i: number, more: Partial<MediaState> = {}): MediaState {
  return { ...NEW_MEDIA, mid: String(i), ...more };
}

function section(from: MediaState, to: MediaState): BundleSection {
  return { from, to, bundling: UNBUNDLED, extensions: [] };
}

function fresh(count: number): BundleSection[] {
  return Array.from({ length: count }, (_, i) => section(state(i), state(i)));
}

function member(stage: BundleMember["stage"], rank: number, carrier?: number): BundleMember {
  return { stage, group: 0, rank, carrier };
}

function words(...list: string[]): ReadonlySet<string> {
  return new Set(list);
}

Deno.test("offersBundle under three modes, and as long as one is agreed", () => {
  for (const mode of ["offer", "require", "strict"]) assert.ok(offersBundle(words(mode), []));
  assert.ok(!offersBundle(words("accept", "reject"), []));
  assert.ok(offersBundle(words(), [state(0), state(1, { bundle: member("agreed", 0, 0) })]));
  assert.ok(!offersBundle(words(), [state(0, { bundle: member("offered", 0) })]));
});

Deno.test("acceptedGroups under accept, or where there is one already; somebody has to have a port", () => {
  const asked = { sdp: sdp(["0 1", "2"], 4000, 0, 0), from: [], to: [], endToEnd: () => false };
  assert.deepEqual(acceptedGroups({ ...asked, options: words("reject") }), []);
  assert.deepEqual(acceptedGroups({ ...asked, options: words("accept") }), [[0, 1]]);
  const from = [state(0, { bundle: member("agreed", 0, 0) })];
  assert.deepEqual(acceptedGroups({ ...asked, options: words(), from }), [[0, 1]]);
});

Deno.test("acceptedGroups takes DTLS from end to end only if the other side may bundle it too", () => {
  const asked = { sdp: sdp(["0 1"], 4000, 4000), from: [], to: [], endToEnd: () => true };
  assert.deepEqual(acceptedGroups({ ...asked, options: words("accept") }), []);
  assert.deepEqual(acceptedGroups({ ...asked, options: words("accept", "offer") }), [[0, 1]]);
});

Deno.test("bundleAnswer: DTLS from end to end is bundled by both sides alike, or by none", () => {
  const answered = (...groups: string[]) => {
    const sections = [0, 1, 2].map((i) => {
      const bundle = i === 2 ? undefined : member("offered", i, i === 0 ? 0 : undefined);
      const told = { dtls: true, bundle: member("offered", i) };
      return section(state(i, told), state(i, { dtls: true, bundle }));
    });
    return bundleAnswer(sections, sdp(groups, 1, 2, 3), words()).map(({ to }) =>
      to.bundle?.carrier
    );
  };
  assert.deepEqual(answered("0 1"), [0, 0, undefined]);
  assert.deepEqual(answered("0 1 2"), [undefined, undefined, undefined]);
  assert.deepEqual(answered(), [undefined, undefined, undefined]);
});

Deno.test("bundleOffer: who offers learns the common port by the answer, the first has it already", () => {
  const after = bundleOffer(fresh(3), sdp(["1 0"], 1, 2, 3), [[1, 0]], words("accept"));
  assert.deepEqual(after.map(({ from }) => from.bundle), [
    member("offered", 1),
    member("offered", 0, 1),
    undefined,
  ]);
  assert.ok(after.every(({ to }) => to.bundle === undefined));
});

Deno.test("bundleOffer: own ports under offer, one port under require, none but one under strict", () => {
  const offered = (mode: string) =>
    bundleOffer(fresh(2), sdp([], 1, 2), [], words(mode)).map(({ to, bundling }) => [
      to.bundle?.carrier,
      bundling.bundleOnly,
      bundling.zeroPort,
    ]);
  assert.deepEqual(offered("offer"), [[undefined, false, false], [undefined, false, false]]);
  assert.deepEqual(offered("require"), [[0, false, false], [0, true, false]]);
  assert.deepEqual(offered("strict"), [[0, false, false], [0, true, true]]);
  assert.deepEqual(offered("accept"), [[undefined, false, false], [undefined, false, false]]);
});

Deno.test("bundleOffer names the MID extension once for all, and not where nothing is bundled", () => {
  const [one] = bundleOffer(fresh(1), sdp([], 1), [], words("offer"));
  assert.deepEqual(one?.extensions, ["extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid"]);
  const [none] = bundleOffer(fresh(1), sdp([], 1), [], words("accept"));
  assert.deepEqual(none?.extensions, []);
});

Deno.test("bundleOffer: a rejected section is in no bundle; the transport moves to the next", () => {
  const carried = (i: number, more = {}) => state(i, { bundle: member("agreed", i, 0), ...more });
  const sections = [
    section(state(0, { rejected: true }), carried(0, { rejected: true })),
    section(state(1), carried(1)),
    section(state(2), carried(2)),
  ];
  const after = bundleOffer(sections, sdp([], 0, 1, 2), [], words());
  assert.deepEqual(after.map(({ to }) => to.bundle?.carrier), [undefined, 1, 1]);
  assert.deepEqual(after.map(({ to }) => to.bundle?.stage), [undefined, "agreed", "agreed"]);
});

Deno.test("bundleAnswer: what the answer groups of what was offered", () => {
  const offered = (i: number, carrier?: number) =>
    section(state(i, { bundle: member("offered", i, carrier) }), state(i));
  const carriers = (sections: BundleSection[], groups: string[], ...options: string[]) =>
    bundleAnswer(sections, sdp(groups, 1, 2, 3), words(...options))
      .map(({ from }) => from.bundle?.carrier);
  const three = [offered(0), offered(1), offered(2)];
  assert.deepEqual(carriers(three, ["2 1"]), [undefined, 1, 1], "the first of the offer carries");
  assert.deepEqual(carriers(three, ["0 1 2"], "reject"), [undefined, undefined, undefined]);
  assert.deepEqual(carriers(three, []), [undefined, undefined, undefined]);
  assert.deepEqual(carriers([offered(0, 0), offered(1, 0), offered(2, 0)], ["0 1 2"]), [0, 0, 0]);
  assert.deepEqual(carriers(fresh(3), ["0 1 2"]), [undefined, undefined, undefined]);
});

Deno.test("bundleAnswer: the offerer's groups without what was rejected", () => {
  const sections = [0, 1, 2].map((i) =>
    section(
      state(i),
      state(i, {
        rejected: i === 0,
        midExtension: 5,
        bundle: { ...member("offered", 2 - i, i === 2 ? 2 : undefined) },
      }),
    )
  );
  const after = bundleAnswer(sections, sdp([], 0, 1, 2), words());
  assert.deepEqual(after.map(({ to }) => to.bundle), [
    undefined,
    member("agreed", 1, 2),
    member("agreed", 0, 2),
  ]);
  assert.deepEqual(writtenGroups(after.map(({ to }) => to)), [["2", "1"]]);
  assert.deepEqual(after[1]?.extensions, ["extmap:5 urn:ietf:params:rtp-hdrext:sdes:mid"]);
});

Deno.test("writtenGroups lists groups in their order, members by rank", () => {
  const place = (group: number, rank: number) => ({ ...member("offered", rank), group });
  assert.deepEqual(
    writtenGroups([
      state(0, { bundle: place(1, 0) }),
      state(1, { bundle: place(0, 1) }),
      state(2),
      state(3, { bundle: place(0, 0) }),
    ]),
    [["3", "1"], ["0"]],
  );
});
