import assert from "node:assert/strict";
import type { RuleOutput } from "../relay/types.ts";
import { Bench, portOf, type Reply } from "./fixture_test_support.ts";
import { A, B } from "./scenario_test_support.ts";

const MID = "urn:ietf:params:rtp-hdrext:sdes:mid";
const ACCEPT = { bundle: ["accept"] };
const REQUIRE = { bundle: ["require"] };

/** A section; `mid` empty for none. */
function section(type: "audio" | "video", port: number, mid = "", ...more: string[]): string {
  const codec = type === "audio" ? "8\n" : "96\na=rtpmap:96 VP8/90000\n";
  const lines = [...(mid === "" ? [] : [`a=mid:${mid}`]), ...more];
  return `m=${type} ${port} RTP/AVP ${codec}` + lines.map((line) => `${line}\n`).join("");
}

/** A description with groups, `GROUP|GROUP`. */
function description(head: string, groups: string, ...sections: string[]): string {
  const lines = groups === "" ? "" : groups.split("|").map((mids) => `a=group:BUNDLE ${mids}\n`);
  return head + (lines === "" ? "" : lines.join("")) + sections.join("");
}

const BUNDLED_A = description(A, "a v", section("audio", 4000, "a"), section("video", 4000, "v"));
const PLAIN_A = description(A, "", section("audio", 4000), section("video", 4002));
const PLAIN_B = description(B, "", section("audio", 5000), section("video", 5002));
const BUNDLED_B = description(B, "1 2", section("audio", 5000, "1"), section("video", 5000, "2"));

function groups(reply: Reply): string[] {
  return String(reply.sdp).match(/(?<=a=group:BUNDLE ).*(?=\r)/g) ?? [];
}

function ports(reply: Reply): number[] {
  const count = String(reply.sdp).match(/^m=/gm)?.length ?? 0;
  return Array.from({ length: count }, (_, i) => portOf(reply, i));
}

/** Whether the sections share ports as in `AAB`. */
function sharing(reply: Reply): string {
  const names = new Map<number, string>();
  return ports(reply).map((port) => {
    if (port === 0) return "0";
    const name = names.get(port) ?? String.fromCharCode(65 + names.size);
    names.set(port, name);
    return name;
  }).join("");
}

function brief(outputs: readonly RuleOutput[] | undefined): unknown[] {
  return (outputs ?? []).map(({ slot, match, section, mid }) => [
    slot,
    match.join(),
    section,
    ...(mid === undefined ? [] : [`${mid.id}=${mid.value}`]),
  ]);
}

Deno.test("a bundle is broken unless it is asked for", () => {
  for (const keys of [{}, { bundle: ["reject"] }]) {
    const bench = new Bench();
    const offered = bench.offer(BUNDLED_A, keys);
    assert.deepEqual([groups(offered), sharing(offered)], [[], "AB"]);
    assert.match(offered.sdp, /a=mid:a\r[^]*a=mid:v\r/);
    const answered = bench.answer(PLAIN_B);
    assert.deepEqual([groups(answered), sharing(answered)], [[], "AB"]);
    assert.equal(bench.rule(answered)!.bundle, undefined);
  }
});

Deno.test("bundle=accept: the offerer's sections share one port, the other side's do not", () => {
  const bench = new Bench();
  const offered = bench.offer(BUNDLED_A, ACCEPT);
  assert.deepEqual([groups(offered), sharing(offered)], [[], "AB"]);
  const answered = bench.answer(PLAIN_B);
  assert.deepEqual([groups(answered), sharing(answered)], [["a v"], "AA"]);
  const rule = bench.rule(answered)!;
  assert.deepEqual(rule.bundle, {
    sections: [
      { mid: "a", payloadTypes: [8], ssrcs: [] },
      { mid: "v", payloadTypes: [96], ssrcs: [] },
    ],
  });
  assert.deepEqual(brief(rule.outputs), [
    [bench.slot(offered, 0), "rtp", 0],
    [bench.slot(offered, 1), "rtp", 1],
  ]);
  const rtcp = bench.engine.rule(bench.slot(answered, 0, "rtcp"))!;
  assert.equal(rtcp.bundle?.sections.length, 2);
  assert.deepEqual(brief(rtcp.outputs), [
    [bench.slot(offered, 0, "rtcp"), "rtcp", 0],
    [bench.slot(offered, 1, "rtcp"), "rtcp", 1],
  ]);
  const back = bench.slot(answered);
  assert.deepEqual(brief(bench.rule(offered, 0)!.outputs), [[back, "rtp", undefined]]);
  assert.deepEqual(brief(bench.rule(offered, 1)!.outputs), [[back, "rtp", undefined]]);
});

Deno.test("bundle=accept lasts: a re-offer without the key, and one from the other side", () => {
  const bench = new Bench();
  bench.offer(BUNDLED_A, ACCEPT);
  const [port] = ports(bench.answer(PLAIN_B));
  bench.offer(BUNDLED_A);
  assert.deepEqual(ports(bench.answer(PLAIN_B)), [port, port]);
  const back = { "from-tag": "b", "to-tag": "a" };
  const offered = bench.offer(PLAIN_B, back);
  assert.deepEqual([groups(offered), ports(offered)], [["a v"], [port, port]]);
  assert.match(offered.sdp, /a=mid:v\r\na=bundle-only\r/);
  const answered = bench.answer(BUNDLED_A, back);
  assert.deepEqual([groups(answered), sharing(answered)], [[], "AB"]);
});

Deno.test("bundle=offer: own ports until the answer says that there is one", () => {
  const bench = new Bench();
  const offered = bench.offer(PLAIN_A, { bundle: ["offer"] });
  assert.deepEqual([groups(offered), sharing(offered)], [["1 2"], "AB"]);
  assert.equal(offered.sdp.includes("bundle-only"), false);
  assert.match(offered.sdp, new RegExp(`a=mid:1\\r[^]*a=extmap:1 ${MID}\r[^]*a=mid:2\\r`));
  const answered = bench.answer(BUNDLED_B);
  assert.deepEqual([groups(answered), sharing(answered)], [[], "AB"]);
  assert.equal(answered.sdp.includes("a=mid"), false);
  const rule = bench.rule(offered, 0)!;
  assert.deepEqual(rule.bundle?.sections.map(({ mid }) => mid), ["1", "2"]);
  assert.deepEqual(brief(bench.rule(answered, 1)!.outputs), [
    [bench.slot(offered, 0), "rtp", undefined],
  ]);
  assert.deepEqual(sharing(bench.offer(PLAIN_A)), "AA", "agreed, so it goes on");
});

Deno.test("bundle=offer not accepted: everything as without", () => {
  const bench = new Bench();
  const offered = bench.offer(PLAIN_A, { bundle: ["offer"] });
  const answered = bench.answer(PLAIN_B);
  assert.deepEqual(brief(bench.rule(answered, 1)!.outputs), [
    [bench.slot(offered, 1), "rtp", undefined],
  ]);
  const again = bench.offer(PLAIN_A);
  assert.deepEqual([groups(again), sharing(again)], [[], "AB"]);
  assert.deepEqual(ports(again), ports(offered));
});

Deno.test("bundle=offer accepted but rejected: the answer's group is not taken up", () => {
  const bench = new Bench();
  const offered = bench.offer(PLAIN_A, { bundle: ["offer"] });
  bench.answer(BUNDLED_B, { bundle: ["reject"] });
  assert.equal(bench.rule(offered, 0)!.bundle, undefined);
});

Deno.test("bundle=require and strict: one port from the start", () => {
  const bench = new Bench();
  const offered = bench.offer(PLAIN_A, REQUIRE);
  assert.deepEqual([groups(offered), sharing(offered)], [["1 2"], "AA"]);
  assert.equal(offered.sdp.match(/a=bundle-only\r/g)?.length, 1);
  const strict = new Bench().offer(PLAIN_A, { bundle: ["strict"] });
  assert.deepEqual([groups(strict), sharing(strict)], [["1 2"], "A0"]);
  const [port] = ports(strict);
  assert.equal(strict.sdp.match(new RegExp(`a=rtcp:${port! + 1}\r`, "g"))?.length, 2);
  bench.answer(BUNDLED_B);
  assert.equal(bench.rule(offered)!.bundle?.sections.length, 2);
  assert.equal(sharing(bench.offer(PLAIN_A)), "AA");
});

Deno.test("packets of a bundle are named as the receiver knows the section", () => {
  const bench = new Bench();
  const own = ["a=extmap:3 urn:x", `a=extmap:4 ${MID}`, "a=ssrc:11 cname:c", "a=ssrc:12 cname:c"];
  const sdp = description(
    A,
    "a v",
    section("audio", 4000, "a", ...own),
    section("video", 4000, "v", `a=extmap:4 ${MID}`),
  );
  const offered = bench.offer(sdp, { bundle: ["accept", "require"] });
  assert.equal(offered.sdp.match(new RegExp(`a=extmap:4 ${MID}\r`, "g"))?.length, 2);
  const theirs = ["a=extmap:4/sendrecv " + MID];
  const answered = bench.answer(description(
    B,
    "a v",
    section("audio", 5000, "a", ...theirs),
    section("video", 5000, "v", ...theirs),
  ));
  const rule = bench.rule(answered)!;
  assert.equal(rule.bundle?.midExtension, 4);
  assert.deepEqual(rule.bundle?.sections[0]?.ssrcs, [11, 12]);
  const there = bench.slot(offered);
  assert.deepEqual(brief(rule.outputs), [[there, "rtp", 0, "4=a"], [there, "rtp", 1, "4=v"]]);
  assert.equal(rule.outputs[0]?.extensions, undefined);
});

Deno.test("a MID nobody can read is taken out of packets, other extensions are not", () => {
  const bench = new Bench();
  const ext = `a=extmap:4 ${MID}`;
  const sdp = description(
    A,
    "a v",
    section("audio", 4000, "a", ext),
    section("video", 4000, "v", ext),
  );
  bench.offer(sdp);
  const kept = bench.rule(bench.answer(PLAIN_B))!.outputs[0]!.extensions!;
  assert.equal(kept.length, 254);
  assert.equal(kept.includes(4), false);
  const knows = new Bench();
  knows.offer(sdp);
  const reply = knows.answer(description(B, "", section("audio", 5000, "", ext)));
  assert.equal(knows.rule(reply)!.outputs[0]!.extensions, undefined);
});

Deno.test("headers of encrypted media are left alone", () => {
  const bench = new Bench();
  const secure = (text: string) => text.replaceAll("RTP/AVP", "RTP/SAVP");
  const key = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MTIz";
  const sections = (port: number) => [
    section("audio", port, "a", `a=extmap:4 ${MID}`, key),
    section("video", port, "v", `a=extmap:4 ${MID}`, key),
  ];
  bench.offer(secure(description(A, "a v", ...sections(4000))), ACCEPT);
  const reply = bench.answer(secure(description(B, "", section("audio", 5000, "", key))));
  assert.deepEqual(brief(bench.rule(reply)!.outputs).map((one) => (one as unknown[]).length), [3]);
  assert.equal(bench.rule(reply)!.outputs[0]!.extensions, undefined);
});

Deno.test("the MID extension never takes another one's identifier, and is answered only if offered", () => {
  const bench = new Bench();
  const sdp = description(A, "", section("audio", 4000, "", "a=extmap:1 urn:x"));
  const offered = bench.offer(sdp, REQUIRE);
  assert.match(offered.sdp, new RegExp(`a=extmap:1 urn:x\r\na=extmap:2 ${MID}\r`));
  const answer = description(B, "1", section("audio", 5000, "1", `a=extmap:2 ${MID}`));
  assert.equal(bench.answer(answer).sdp.includes(MID), false);
  const again = bench.offer(sdp);
  assert.match(again.sdp, new RegExp(`a=extmap:2 ${MID}\r`), "an identifier keeps its meaning");
});

Deno.test("sections join and leave a bundle at its port", () => {
  const bench = new Bench();
  bench.offer(BUNDLED_A, ACCEPT);
  const [port] = ports(bench.answer(PLAIN_B));
  const three = description(
    A,
    "a v w",
    section("audio", 4000, "a"),
    section("video", 4000, "v"),
    section("video", 4000, "w"),
  );
  bench.offer(three);
  const more = PLAIN_B + section("video", 5004);
  const joined = bench.answer(more);
  assert.deepEqual([groups(joined), ports(joined)], [["a v w"], [port, port, port]]);
  assert.equal(bench.rule(joined)!.bundle?.sections.length, 3);
  const two = three.replace("BUNDLE a v w", "BUNDLE a w");
  bench.offer(two);
  const left = bench.answer(more);
  assert.deepEqual([groups(left), sharing(left)], [["a w"], "ABA"]);
  assert.equal(portOf(left), port);
  assert.equal(bench.rule(left)!.bundle?.sections.length, 2);
  assert.equal(bench.rule(left, 1)!.bundle, undefined);
});

Deno.test("the port outlives the section it began with, on both sides", () => {
  const bench = new Bench();
  const first = bench.offer(BUNDLED_A, { bundle: ["accept", "require"] });
  const answer = (audio: number) =>
    description(
      B,
      audio === 0 ? "v" : "a v",
      section("audio", audio, "a"),
      section("video", 5000, "v"),
    );
  const [port] = ports(bench.answer(answer(5000)));
  const gone = BUNDLED_A.replace("m=audio 4000", "m=audio 0").replace("BUNDLE a v", "BUNDLE v");
  const offered = bench.offer(gone);
  assert.deepEqual([groups(offered), ports(offered)], [["v"], [0, portOf(first)]]);
  const answered = bench.answer(answer(0));
  assert.deepEqual([groups(answered), ports(answered)], [["v"], [0, port]]);
  assert.deepEqual(brief(bench.rule(answered, 1)!.outputs), [
    [bench.slot(offered, 1), "rtp", undefined],
  ]);
  const used = bench.relay.usage(bench.relay.addresses[0]!).used;
  assert.equal(used, 4, "a pair for each side and nothing else");
  bench.offer(BUNDLED_A);
  const back = bench.answer(answer(5000));
  assert.deepEqual([groups(back), ports(back)], [["a v"], [port, port]]);
  bench.send("delete", { "call-id": "c" });
  assert.equal(bench.relay.usage(bench.relay.addresses[0]!).used, 0);
});

Deno.test("a bundle that falls apart leaves its port to the first part, and each port has one owner", () => {
  const bench = new Bench();
  const five = (audio: number, names: string) =>
    description(
      A,
      names,
      section("audio", audio, "a"),
      ...["v", "w", "x", "y"].map((mid) => section("video", 4000, mid)),
    );
  const videos = [5002, 5004, 5006, 5008].map((port) => section("video", port));
  const answer = (audio: number) => description(B, "", section("audio", audio), ...videos);
  bench.offer(five(4000, "a v w x y"), ACCEPT);
  const [port] = ports(bench.answer(answer(5000)));
  bench.offer(five(0, "v w|x y"));
  const parts = bench.answer(answer(0));
  assert.deepEqual([groups(parts), sharing(parts)], [["v w", "x y"], "0AABB"]);
  assert.equal(portOf(parts, 1), port);
  for (const at of [1, 3]) assert.equal(bench.rule(parts, at)!.bundle?.sections.length, 2);
  bench.send("delete", { "call-id": "c", "delete delay": 0 });
  assert.equal(bench.engine.openSlots, 0);
  assert.equal(bench.relay.openPairs, 0);
});

Deno.test("an answer that rejects the first section keeps the port that was told", () => {
  const bench = new Bench();
  const offered = bench.offer(PLAIN_A, REQUIRE);
  bench.answer(description(B, "2", section("audio", 0, "1"), section("video", 5000, "2")));
  const rule = bench.rule(offered)!;
  assert.equal(rule.outputs.length, 1);
  const own = new Bench();
  const both = own.offer(PLAIN_A, { bundle: ["offer"] });
  own.answer(description(B, "2", section("audio", 0, "1"), section("video", 5000, "2")));
  assert.equal(own.rule(both, 1)!.outputs.length, 1, "with ports of their own it is its own");
});

Deno.test("rejected sections leave the group of the answer", () => {
  const bench = new Bench();
  bench.offer(BUNDLED_A, ACCEPT);
  const reply = bench.answer(description(B, "", section("audio", 5000), section("video", 0)));
  assert.deepEqual([groups(reply), sharing(reply)], [["a"], "A0"]);
  const other = new Bench();
  other.offer(BUNDLED_A, ACCEPT);
  const second = other.answer(description(B, "", section("audio", 0), section("video", 5000)));
  assert.deepEqual([groups(second), sharing(second)], [["v"], "0A"]);
});

Deno.test("several groups, and sections in none", () => {
  const bench = new Bench();
  const sections = ["a", "v", "x", "y", "z"].map((mid) => section("audio", 4000, mid));
  bench.offer(description(A, "v a|y nobody x a", ...sections), ACCEPT);
  const reply = bench.answer(B + section("audio", 5000).repeat(5));
  assert.deepEqual([groups(reply), sharing(reply)], [["v a", "y x"], "AABBC"]);
});

Deno.test("bundle-only: a section without a port lives where its bundle is taken, and only there", () => {
  const sdp = description(
    A,
    "a v",
    section("audio", 4000, "a"),
    section("video", 0, "v", "a=bundle-only"),
  );
  assert.equal(sharing(new Bench().offer(sdp)), "A0");
  const bench = new Bench();
  assert.equal(sharing(bench.offer(sdp, ACCEPT)), "AB");
  const reply = bench.answer(PLAIN_B);
  assert.deepEqual([groups(reply), sharing(reply)], [["a v"], "AA"]);
  const nowhere = sdp.replace("m=audio 4000", "m=audio 0");
  assert.equal(sharing(new Bench().offer(nowhere, ACCEPT)), "00");
});

Deno.test("statistics of a bundle are those of the section that carries it", () => {
  const bench = new Bench();
  bench.offer(BUNDLED_A, ACCEPT);
  const [port] = ports(bench.answer(PLAIN_B));
  const source = { family: 4, address: "198.51.100.1", port: 4000 } as const;
  const local = { family: 4, address: "203.0.113.1", port: port! } as const;
  const packet = new Uint8Array(20);
  packet.set([0x80, 96]);
  bench.engine.inject(local, packet, source);
  const { tags, totals } = bench.send("query", { "call-id": "c" });
  const [audio, video] = tags.a.medias.map((media: Reply) => media.streams[0]);
  assert.deepEqual([audio["local port"], video["local port"]], [port, port]);
  assert.deepEqual([audio.stats.packets, video.stats.packets], [1, 0]);
  assert.equal(totals.RTP.packets, 1);
});

Deno.test("at most eight sections share a port, and none with a name too long for packets", () => {
  const bench = new Bench();
  const mids = Array.from({ length: 10 }, (_, i) => `m${i}`);
  const sections = mids.map((mid) => section("audio", 4000, mid));
  bench.offer(description(A, mids.join(" "), ...sections), ACCEPT);
  assert.equal(sharing(bench.answer(B + section("audio", 5000).repeat(10))), "AAAAAAAABC");
  const long = "x".repeat(33);
  const other = new Bench();
  other.offer(
    description(A, `a ${long}`, section("audio", 4000, "a"), section("video", 4000, long)),
    ACCEPT,
  );
  assert.equal(sharing(other.answer(PLAIN_B)), "AB");
});

Deno.test("DTLS from end to end is bundled whole or not at all", () => {
  const dtls = (text: string) =>
    text.replaceAll("RTP/AVP", "UDP/TLS/RTP/SAVPF")
      .replaceAll(/^(m=.*)$/gm, "$1\na=setup:actpass\na=fingerprint:sha-256 AA:BB");
  const alone = new Bench();
  alone.offer(dtls(BUNDLED_A), ACCEPT);
  assert.equal(sharing(alone.answer(dtls(PLAIN_B))), "AB");
  const bench = new Bench();
  const offered = bench.offer(dtls(BUNDLED_A), { bundle: ["accept", "require"] });
  const names = BUNDLED_B.replace("1 2", "a v").replace("mid:1", "mid:a").replace("mid:2", "mid:v");
  const answered = bench.answer(dtls(names));
  assert.deepEqual([sharing(offered), sharing(answered)], ["AA", "AA"]);
  const [there, back] = [bench.rule(answered)!, bench.rule(offered)!];
  assert.deepEqual(brief(there.outputs), [[bench.slot(offered), "rtp,rtcp,other", undefined]]);
  assert.deepEqual(brief(back.outputs), [[bench.slot(answered), "rtp,rtcp,other", undefined]]);
});

Deno.test("feedback from a bundle reaches every encoder it may be for, where reports end here", () => {
  const bench = new Bench();
  const mux = BUNDLED_A.replaceAll(/^(a=mid:.*)$/gm, "$1\na=rtcp-mux");
  bench.offer(mux, { ...ACCEPT, "rtcp-mux": ["demux"], "generate RTCP": "on" });
  const reply = bench.answer(PLAIN_B);
  const pli = Uint8Array.of(0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2);
  const source = { family: 4, address: "198.51.100.1", port: 4000 } as const;
  bench.engine.inject(bench.slot(reply), pli, source);
  assert.deepEqual(bench.engine.sent.map(({ destination }) => destination.port), [5001, 5003]);
});

Deno.test("the port outlives its first section on hold as well", () => {
  const bench = new Bench();
  const first = bench.offer(BUNDLED_A, { bundle: ["accept", "require"] });
  const names = BUNDLED_B.replace("1 2", "a v").replace("mid:1", "mid:a").replace("mid:2", "mid:v");
  bench.answer(names);
  const gone = BUNDLED_A.replace("m=audio 4000", "m=audio 0").replace("BUNDLE a v", "BUNDLE v");
  const offered = bench.offer(gone + "a=inactive\n");
  assert.deepEqual([groups(offered), ports(offered)], [["v"], [0, portOf(first)]]);
  bench.answer(names.replace("m=audio 5000", "m=audio 0").replace("BUNDLE a v", "BUNDLE v"));
  bench.send("delete", { "call-id": "c" });
  assert.equal(bench.engine.openSlots, 0);
});
