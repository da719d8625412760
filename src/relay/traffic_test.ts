import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import { AddrCodec, LITTLE_ENDIAN } from "./abi_addr.ts";
import { CounterCodec, CounterView } from "./abi_counters.ts";
import { AbiLayout } from "./abi_layout.ts";
import { FakeEngine } from "./fake_engine.ts";
import { loadRelayLibrary, readText } from "./ffi.ts";
import { locateLibrary } from "./library.ts";
import { MediaRelay } from "./relay.ts";
import { TrafficSums } from "./traffic.ts";
import type { LocalAddress, Slot, SlotCounters, SsrcCounters } from "./types.ts";

function local(address: string): LocalAddress {
  const common = { family: 4, advertisedFamily: 4, portMin: 30000, portMax: 30099 } as const;
  return { name: address, address, advertised: address, ...common };
}

const INSIDE = local("192.0.2.1");
const OUTSIDE = local("192.0.2.2");
const EMPTY = new FakeEngine(new FakeClock());

function source(values: Partial<SsrcCounters>): SsrcCounters {
  const none = { ssrc: 1, packets: 0, bytes: 0, last: 0, payloadType: 0, lastTimestamp: 0 };
  const rest = {
    payloadBytes: 0,
    clockRate: 8000,
    cycles: 0,
    first: 0,
    maxSequence: 0,
    lost: 0,
    jitter: 0,
    duplicates: 0,
    reordered: 0,
    resets: 0,
  };
  return { ...none, ...rest, ...values };
}

/** An engine whose counters are what a test says. */
class CountingEngine extends FakeEngine {
  readonly values = new Map<Slot, Partial<SlotCounters>>();

  override counters(slot: Slot): SlotCounters {
    return { ...super.counters(slot), ...this.values.get(slot) };
  }
}

function setup() {
  const clock = new FakeClock();
  const engine = new CountingEngine(clock);
  return { engine, relay: new MediaRelay(engine, clock, { addresses: [INSIDE, OUTSIDE] }) };
}

Deno.test("TrafficSums.add sums packets, drops and what RTP sources say", () => {
  const engine = EMPTY;
  const slot = engine.open({ family: 4, address: "192.0.2.1", port: 30000 });
  assert.equal(typeof slot, "number");
  const sums = new TrafficSums();
  for (let i = 0; i < 2; i++) {
    sums.add({
      ...engine.counters(slot as Slot),
      rxPackets: 10,
      rxBytes: 1720,
      rxErrors: 3,
      txPackets: 7,
      txErrors: 1,
      dropSource: 2,
      dropMalformed: 1,
      ssrcs: [source({ lost: 3, duplicates: 2 }), source({ lost: -4, reordered: 1, resets: 1 })],
    });
  }
  const { packetsIn, bytesIn, errorsIn, packetsOut, errorsOut, dropSource, dropMalformed } = sums;
  assert.deepEqual([packetsIn, bytesIn, errorsIn], [20, 3440, 6]);
  assert.deepEqual([packetsOut, errorsOut, dropSource, dropMalformed], [14, 2, 4, 2]);
  assert.deepEqual([sums.lost, sums.duplicates, sums.reordered, sums.resets], [6, 4, 2, 2]);
});

Deno.test("MediaRelay.traffic tells local addresses apart and keeps what closed ports counted", () => {
  const { engine, relay } = setup();
  const first = relay.openPair(INSIDE);
  const second = relay.openPair(OUTSIDE);
  engine.values.set(first.rtp.slot, { rxPackets: 10, txPackets: 1 });
  engine.values.set(first.rtcp.slot, { rxPackets: 2 });
  engine.values.set(second.rtp.slot, { rxPackets: 5 });
  const read = () => [INSIDE, OUTSIDE].map((at) => relay.traffic().get(at)!.packetsIn);
  assert.deepEqual(read(), [12, 5]);
  relay.closePair(first);
  assert.deepEqual(read(), [12, 5]);
  relay.closePair(first);
  assert.deepEqual(read(), [12, 5]);
  engine.values.clear();
  relay.closePair(second);
  assert.deepEqual(read(), [12, 0]);
});

Deno.test("MediaRelay.traffic is 0 for addresses that have had no port", () => {
  const { relay } = setup();
  assert.deepEqual([...relay.traffic().values()], [new TrafficSums(), new TrafficSums()]);
});

function libraryLayout(): AbiLayout | string {
  try {
    const library = loadRelayLibrary(locateLibrary());
    return new AbiLayout(
      readText((buffer, length) => library.rtpe_abi_describe(buffer, length)),
    );
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const layout = libraryLayout();

Deno.test({
  name: typeof layout === "string"
    ? `CounterView.addTo agrees with a snapshot (not here: ${layout})`
    : "CounterView.addTo agrees with a snapshot",
  ignore: typeof layout === "string",
  fn() {
    if (typeof layout === "string") return;
    const codec = new CounterCodec(layout, new AddrCodec(layout));
    const memory = new ArrayBuffer(codec.size * 2);
    const view = new DataView(memory);
    // The second slot, so that a forgotten offset is noticed; every field another value.
    let value = 1;
    for (const [name, offset] of Object.entries(codec.slot)) {
      if (name === "remote" || name === "remote_seq" || name === "ssrc") continue;
      const at = codec.size + offset;
      if (name === "confirmed" || name === "learned") view.setUint8(at, 1);
      else view.setUint32(at, value++, LITTLE_ENDIAN);
    }
    for (const track of [0, codec.ssrcTracks - 1]) {
      const start = codec.size + codec.slot.ssrc + track * codec.ssrcSize;
      const put = (field: keyof typeof codec.ssrc, number: number): void =>
        view.setUint32(start + codec.ssrc[field], number, LITTLE_ENDIAN);
      put("packets", 10);
      put("base_seq", 100);
      put("max_seq", 120 + track);
      put("duplicates", value++);
      put("reordered", value++);
      put("resets", value++);
      view.setUint8(start + codec.ssrc.in_use, 1);
    }
    const counters = new CounterView(codec, memory);
    const snapshot = new TrafficSums();
    snapshot.add(counters.read(1));
    const direct = new TrafficSums();
    counters.addTo(1, direct);
    assert.deepEqual(direct, snapshot);
    assert.equal(direct.lost, 11 + 11 + codec.ssrcTracks - 1);
    // user space's memory says nothing about the kernel
    const own = Object.entries(direct).filter(([name]) => !name.startsWith("kernel"));
    assert.ok(own.every(([, sum]) => sum > 0));
  },
});
