import assert from "node:assert/strict";
import { addresses, Bench } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B, sessionPart } from "./scenario_test_support.ts";

const A6 = "v=0\no=- 1 1 IN IP6 2001:db8:2::2\ns=-\nc=IN IP6 2001:db8:2::2\nt=0 0\n";
const FROM_B = { "from-tag": "b", "to-tag": "a" };

/** The written c= line. */
function connection(reply: { sdp: string }): string {
  return /^c=(.*)\r$/m.exec(reply.sdp)![1]!;
}

Deno.test("the family of the offer is kept on both sides", () => {
  const bench = new Bench();
  assert.equal(connection(bench.offer(A6 + AUDIO)), "IN IP6 2001:db8::1");
  assert.equal(connection(bench.answer(A6 + AUDIO_B)), "IN IP6 2001:db8::1");
});

Deno.test("address family bridges IPv4 and IPv6 and is remembered", () => {
  const bench = new Bench();
  const keys = { "address family": "IP6", replace: ["origin"] };
  const offered = bench.offer(A + AUDIO, keys);
  assert.equal(connection(offered), "IN IP6 2001:db8::1");
  assert.match(sessionPart(offered), /^o=- 1 1 IN IP6 2001:db8::1$/m);
  const answered = bench.answer(A6 + AUDIO_B, { replace: ["origin"] });
  assert.equal(connection(answered), "IN IP4 203.0.113.1");
  assert.match(sessionPart(answered), /^o=- 1 1 IN IP4 203.0.113.1$/m);
  assert.equal(connection(bench.offer(A + AUDIO)), "IN IP6 2001:db8::1");
  assert.equal(connection(bench.offer(A6 + AUDIO_B, FROM_B)), "IN IP4 203.0.113.1");
  const rule = bench.rule(offered)!;
  assert.deepEqual(rule.remote, { family: 6, address: "2001:db8:2::2", port: 5000 });
});

Deno.test("an interface that lacks a family borrows from the first one that has it", () => {
  const [first, ...rest] = addresses();
  const six = rest.find(({ family }) => family === 6)!;
  const bench = new Bench({ addresses: [{ ...first!, name: "four" }, { ...six, name: "six" }] });
  const offered = bench.offer(A6 + AUDIO, { "address family": "IP4" });
  assert.equal(connection(offered), "IN IP4 203.0.113.1");
  assert.equal(connection(bench.answer(B + AUDIO_B)), "IN IP6 2001:db8::1");
});

Deno.test("an interface named for the receiver is used whatever its family, one for the sender is not", () => {
  const [first, ...rest] = addresses();
  const six = rest.find(({ family }) => family === 6)!;
  const both = [{ ...first!, name: "four" }, { ...six, name: "six" }];
  const cases: [sdp: string, direction: string[], offered: string, answered: string][] = [
    [A, ["four", "six"], "IN IP6 2001:db8::1", "IN IP4 203.0.113.1"],
    [A, ["six", "six"], "IN IP6 2001:db8::1", "IN IP4 203.0.113.1"],
    [A6, ["four", "four"], "IN IP4 203.0.113.1", "IN IP6 2001:db8::1"],
    [A6, ["six", "four"], "IN IP4 203.0.113.1", "IN IP6 2001:db8::1"],
    [A6, ["four", "six"], "IN IP6 2001:db8::1", "IN IP6 2001:db8::1"],
  ];
  for (const [sdp, direction, offered, answered] of cases) {
    const bench = new Bench({ addresses: both });
    assert.equal(connection(bench.offer(sdp + AUDIO, { direction })), offered, `${direction}`);
    const toB = bench.answer((sdp === A ? B : A6) + AUDIO_B);
    assert.equal(connection(toB), answered, `${direction}`);
    assert.equal(connection(bench.offer(sdp + AUDIO)), offered, `${direction}, again`);
  }
});

Deno.test("direction picks an interface for each side and is remembered", () => {
  const bench = new Bench();
  const offered = bench.offer(A + AUDIO, { direction: ["pub", "priv"] });
  assert.equal(connection(offered), "IN IP4 10.0.0.1");
  assert.equal(connection(bench.answer(B + AUDIO_B)), "IN IP4 203.0.113.1");
  assert.equal(connection(bench.offer(B + AUDIO_B, FROM_B)), "IN IP4 203.0.113.1");
  assert.equal(connection(bench.answer(A + AUDIO, FROM_B)), "IN IP4 10.0.0.1");
  const moved = bench.offer(A + AUDIO, { direction: ["pub", "pub"] });
  assert.equal(connection(moved), "IN IP4 203.0.113.1");
});

Deno.test("unknown interfaces are the default one; internal and external are families", () => {
  const bench = new Bench();
  const unknown = bench.offer(A + AUDIO, { direction: ["x", "y"] });
  assert.equal(connection(unknown), "IN IP4 203.0.113.1");
  assert.deepEqual(bench.log, [
    "c: there is no interface x, the default one is used",
    "c: there is no interface y, the default one is used",
  ]);
  const legacy = new Bench();
  const keys = { direction: ["internal", "external"] };
  assert.equal(connection(legacy.offer(A + AUDIO, keys)), "IN IP6 2001:db8::1");
  const reverse = new Bench();
  const back = { direction: ["external", "internal"] };
  assert.equal(connection(reverse.offer(A + AUDIO, back)), "IN IP4 203.0.113.1");
  assert.equal(connection(reverse.answer(B + AUDIO_B)), "IN IP6 2001:db8::1");
});

Deno.test("an interface without the wanted family uses the one it has", () => {
  const bench = new Bench({ addresses: addresses().filter(({ family }) => family === 4) });
  assert.equal(connection(bench.offer(A6 + AUDIO)), "IN IP4 203.0.113.1");
});

Deno.test("the advertised address is written, the real one is bound", () => {
  const behindNat = addresses().map((address) =>
    address.address === "203.0.113.1" ? { ...address, advertised: "192.0.2.99" } : address
  );
  const bench = new Bench({ addresses: behindNat });
  const reply = bench.offer(A + AUDIO, { replace: ["origin"] });
  assert.equal(connection(reply), "IN IP4 192.0.2.99");
  assert.match(sessionPart(reply), /IN IP4 192\.0\.2\.99\n/);
  assert.equal(bench.engine.locals.get(bench.slot(reply))?.address, "203.0.113.1");
});

Deno.test("media address overrides what is written", () => {
  const bench = new Bench();
  assert.equal(
    connection(bench.offer(A + AUDIO, { "media address": "192.0.2.77" })),
    "IN IP4 192.0.2.77",
  );
  assert.equal(
    connection(bench.offer(A + AUDIO, { "media address": "2001:db8::77" })),
    "IN IP6 2001:db8::77",
  );
});

Deno.test("SIP source address takes the address of the message instead of the description", () => {
  const received = { "received from": ["IP4", "192.0.2.5"] };
  const remote = (keys: Record<string, string[]>, sipSource = false) => {
    const bench = new Bench({ settings: { sipSource } });
    bench.offer(A + AUDIO + "a=rtcp:4009 IN IP4 198.51.100.9\n", keys);
    const { tags } = bench.send("query", { "call-id": "c" });
    const streams: { endpoint: { address: string; port: number } }[] = tags.a.medias[0].streams;
    return streams.map(({ endpoint }) => `${endpoint.address}:${endpoint.port}`);
  };
  const signalled = ["198.51.100.1:4000", "198.51.100.9:4009"];
  const source = ["192.0.2.5:4000", "192.0.2.5:4009"];
  assert.deepEqual(remote({ ...received }), signalled);
  assert.deepEqual(remote({ ...received, flags: ["SIP-source-address"] }), source);
  assert.deepEqual(remote({ ...received }, true), source);
  assert.deepEqual(remote({ ...received, flags: ["trust-address"] }, true), signalled);
  const bench = new Bench();
  const reply = bench.offer(A + AUDIO, { flags: ["SIP-source-address"] });
  assert.equal(reply["error-reason"], "Incomplete SDP specification");
});

Deno.test("replace keeps user name, session name and version under control", () => {
  const bench = new Bench();
  const keys = { replace: ["username", "session-name", "SDP-version"] };
  const first = A.replace("o=-", "o=alice").replace("s=-", "s=one");
  const second = A.replace("o=- 1 1", "o=eve 1 7").replace("s=-", "s=two");
  assert.match(sessionPart(bench.offer(first + AUDIO, keys)), /^o=alice 1 1 .*\ns=one$/m);
  assert.match(sessionPart(bench.offer(second + AUDIO, keys)), /^o=alice 1 1 .*\ns=one$/m);
  const changed = bench.offer(second + AUDIO + "a=x\n", keys);
  assert.match(sessionPart(changed), /^o=alice 1 2 .*\ns=one$/m);
  assert.match(sessionPart(bench.offer(second + AUDIO)), /^o=eve 1 7 .*\ns=two$/m);
  const full = bench.offer(second + AUDIO, { replace: ["origin-full"] });
  assert.match(sessionPart(full), /^o=eve 1 8 /m);
  const forced = { replace: ["force-increment-sdp-ver"] };
  const version = (reply: { sdp: string }) => / (\d+) IN/.exec(reply.sdp)![1];
  const before = Number(version(bench.offer(A + AUDIO, forced)));
  assert.equal(Number(version(bench.offer(A + AUDIO, forced))), before + 1);
});
