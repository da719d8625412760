import assert from "node:assert/strict";
import { Call } from "./call.ts";
import { Bench } from "./fixture_test_support.ts";
import { Media } from "./media.ts";
import { Participant } from "./participant.ts";
import { restoreCall } from "./restore.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";
import { MONOTONIC, snapshotCall, SnapshotError } from "./snapshot.ts";

const VIDEO = "m=video 4002 RTP/AVP 96\na=rtpmap:96 VP8/90000\n";

/** A call with everything in it: two branches, two media, an alias, a hold, a delay. */
function busyCall(): Bench {
  const bench = new Bench();
  bench.offer(A + AUDIO + VIDEO, {
    direction: ["priv", "pub"],
    replace: ["origin", "username", "SDP version"],
    "via-branch": "z9hG4bK1",
    label: "caller",
    metadata: "k:v",
    "rtcp-mux": ["offer"],
  });
  bench.offer(A + AUDIO + VIDEO, { "via-branch": "z9hG4bK2" });
  bench.answer(B + AUDIO_B + VIDEO.replace("4002", "0"), { "via-branch": "z9hG4bK2" });
  return bench;
}

function callOf(bench: Bench): Call {
  const [call] = bench.service.registry.calls();
  assert.ok(call instanceof Call);
  return call;
}

function snapshot(bench: Bench, call = callOf(bench)) {
  const { clock, relay } = bench;
  const moment = { wall: clock.wall(), monotonic: clock.now() };
  const taken = snapshotCall(call, new Set(relay.addresses), moment, "counters");
  return JSON.parse(JSON.stringify(taken)) as typeof taken;
}

function restore(bench: Bench, taken: ReturnType<typeof snapshot>) {
  const { clock, relay, engine } = bench;
  const moment = { wall: clock.wall(), monotonic: clock.now() };
  return restoreCall(taken, { relay, moment, counters: (slot) => engine.counters(slot) });
}

Deno.test("snapshotCall and restoreCall give the same call on the same ports, in another daemon", () => {
  const before = busyCall();
  const taken = snapshot(before);
  const after = new Bench();
  after.clock.advance(5000);
  after.clock.step(before.clock.wall() - after.clock.wall());
  const { call, slots } = restore(after, taken);
  assert.deepEqual(snapshot(after, call).nodes.map(unslotted), taken.nodes.map(unslotted));
  assert.equal(after.relay.openPairs, before.relay.openPairs);
  const ports = (bench: Bench) =>
    [...bench.engine.locals.values()].map(({ address, port }) => `${address}:${port}`).sort();
  assert.deepEqual(ports(after), ports(before));
  assert.equal(slots.length, after.engine.openSlots);
  for (const { now, then } of slots) {
    assert.deepEqual(after.engine.locals.get(now), before.engine.locals.get(then));
  }
});

/** Slots differ from one daemon to the next. */
function unslotted([kind, fields]: ReturnType<typeof snapshot>["nodes"][number]) {
  if (kind !== "pair") return [kind, fields];
  const { rtp: _rtp, rtcp: _rtcp, ...rest } = fields;
  return [kind, rest];
}

Deno.test("restoreCall moves monotonic times to the clock of now and starts time-outs anew", () => {
  const before = busyCall();
  callOf(before).deleteAt = before.clock.now() + 7000;
  const taken = snapshot(before);
  const after = new Bench();
  after.clock.advance(123_456);
  after.clock.step(before.clock.wall() + 2000 - after.clock.wall());
  const { call } = restore(after, taken);
  assert.equal(call.deleteAt, after.clock.now() + 5000);
  assert.equal(after.clock.now() - call.start, before.clock.now() - callOf(before).start + 2000);
  assert.deepEqual(call.activity, { at: after.clock.now(), stamp: 0 });
});

Deno.test("restoreCall keeps identity: what was one object is one object again", () => {
  const { call } = restore(new Bench(), snapshot(busyCall()));
  for (const party of call.participants) {
    for (const media of party.medias) {
      assert.equal(media.participant, party);
      if (media.active !== undefined) assert.ok(media.entries.includes(media.active));
      for (const edge of media.sinks) assert.ok(edge.sink.sources.includes(edge));
    }
    if (party.peer !== undefined) assert.ok(call.participants.includes(party.peer));
  }
});

Deno.test("restoreCall opens nothing when one port is taken, or the interface is gone", () => {
  const taken = snapshot(busyCall());
  const crowded = new Bench();
  const last = [...busyCall().engine.locals.values()].at(-1)!;
  crowded.engine.occupy(last);
  assert.throws(() => restore(crowded, taken), { name: "RestoreError" });
  assert.equal(crowded.engine.openSlots, 0);
  const moved = new Bench({ addresses: new Bench().relay.addresses.slice(0, 1) });
  assert.throws(() => restore(moved, taken), /there is no interface/);
  assert.equal(moved.engine.openSlots, 0);
});

Deno.test("restoreCall refuses damaged data without leaving a port open", () => {
  const text = JSON.stringify(snapshot(busyCall()));
  let refused = 0;
  for (let at = 0; at < text.length; at += 7) {
    let data;
    try {
      data = JSON.parse(text.slice(0, at) + "9" + text.slice(at + 1));
    } catch {
      continue;
    }
    const bench = new Bench();
    try {
      restore(bench, data);
    } catch (error) {
      assert.equal((error as Error).name, "RestoreError", String(error));
      assert.equal(bench.engine.openSlots, 0);
      refused++;
    }
  }
  assert.ok(refused > 20, `${refused} refused`);
  for (const odd of [null, {}, { version: 2, nodes: [] }, { version: 1, nodes: [] }]) {
    // deno-lint-ignore no-explicit-any
    assert.throws(() => restore(new Bench(), odd as any), { name: "RestoreError" });
  }
});

Deno.test("snapshotCall names a field that holds what cannot be kept", () => {
  for (const odd of [() => {}, new Date(0), NaN, Symbol("x"), 1n]) {
    const bench = busyCall();
    Object.assign(callOf(bench).participants[0]!, { later: { deep: [odd] } });
    assert.throws(() => snapshot(bench), (error) => {
      assert.ok(error instanceof SnapshotError);
      return /participants\[0\]\.later\.deep\[0\]/.test(error.message);
    });
  }
});

Deno.test("snapshotCall knows of every number in a call whether it is monotonic time", () => {
  // a new number has to be entered here, and in MONOTONIC if it is one
  const others: Record<string, string[]> = {
    call: ["created", "lastSignal", "tos"],
    party: ["created", "number", "family"],
    media: ["index", "family"],
  };
  const call = callOf(busyCall());
  const objects: [string, object][] = [
    ["call", call],
    ...call.participants.map((party): [string, object] => ["party", party]),
    ...call.participants.flatMap(({ medias }) => medias.map((m): [string, object] => ["media", m])),
  ];
  for (const [kind, object] of objects) {
    for (const [name, value] of Object.entries(object)) {
      if (typeof value !== "number") continue;
      const known = [...others[kind]!, ...MONOTONIC[kind as "call"] ?? []];
      assert.ok(known.includes(name), `${kind}.${name}`);
    }
  }
  assert.ok(objects.some(([, object]) => object instanceof Participant));
  assert.ok(objects.some(([, object]) => object instanceof Media));
});

Deno.test("snapshotCall stays small", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO);
  bench.answer(B + AUDIO_B);
  const size = JSON.stringify(snapshot(bench)).length;
  assert.ok(size < 12_000, `${size} bytes`);
});
