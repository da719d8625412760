import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { CapturedPacket, PacketCopies, Slot } from "../relay/types.ts";
import {
  CaptureLimitError,
  type CapturePort,
  Captures,
  DEFAULT_CAPTURE,
  KEEP_MS,
  MAX_CAPTURES,
} from "./captures.ts";

function at(port: number): Endpoint {
  return { family: 4, address: "192.0.2.1", port };
}

const PEER: Endpoint = { family: 4, address: "198.51.100.1", port: 4000 };

class FakeCopies implements PacketCopies {
  readonly on = new Set<Slot>();
  queue: CapturedPacket[] = [];
  lost = 0;

  set(slot: Slot, on: boolean): boolean {
    if (on) this.on.add(slot);
    else this.on.delete(slot);
    return true;
  }

  take(): CapturedPacket[] {
    return this.queue.splice(0);
  }

  come(slot: Slot, port: number, bytes = 172): void {
    if (!this.on.has(slot)) return;
    this.queue.push({
      slot,
      outgoing: false,
      time: 1000,
      source: PEER,
      destination: at(port),
      payload: new Uint8Array(bytes),
    });
  }
}

function open() {
  const copies = new FakeCopies();
  const clock = new FakeClock();
  const calls = new Map<string, CapturePort[]>([
    ["a", [{ slot: 1, local: at(30000) }]],
    ["b", [{ slot: 2, local: at(30002) }]],
  ]);
  const captures = new Captures({
    copies,
    clock,
    portsOf: (id) => calls.get(id),
    application: "test",
  });
  return { copies, clock, calls, captures };
}

Deno.test("a capture takes the packets of its call only, and is read once", () => {
  const { copies, captures } = open();
  const { id } = captures.start("a", "a", DEFAULT_CAPTURE)!;
  captures.start("b", "b", DEFAULT_CAPTURE);
  copies.come(1, 30000);
  copies.come(2, 30002);
  copies.come(1, 30000);
  captures.tick();
  assert.equal(captures.get(id)?.packets, 2);
  const chunks = captures.read(id);
  assert.equal(chunks?.length, 4);
  assert.equal(captures.read(id), undefined);
  assert.deepEqual([...copies.on], [2]);
  assert.equal(captures.start("nobody", "nobody", DEFAULT_CAPTURE), undefined);
});

Deno.test("a capture follows the call to new ports, and knows packets of a port's former call", () => {
  const { copies, calls, captures } = open();
  const { id } = captures.start("a", "a", DEFAULT_CAPTURE)!;
  calls.get("a")!.push({ slot: 3, local: at(30004) });
  captures.tick();
  assert.deepEqual([...copies.on], [1, 3]);
  copies.come(3, 30004);
  copies.come(3, 39998);
  captures.tick();
  assert.equal(captures.get(id)?.packets, 1);
});

Deno.test("a capture ends by time, packets, bytes, with its call, or by hand", () => {
  const ends = (change: object, during: (rig: ReturnType<typeof open>) => void) => {
    const rig = open();
    const { id } = rig.captures.start("a", "a", { ...DEFAULT_CAPTURE, ...change })!;
    during(rig);
    rig.captures.tick();
    const state = rig.captures.get(id)!;
    if (state.because !== undefined) assert.equal(rig.copies.on.size, 0);
    return [state.because, state.packets];
  };
  const many = ({ copies }: ReturnType<typeof open>) => {
    for (let i = 0; i < 100; i++) copies.come(1, 30000);
  };
  assert.deepEqual(ends({ seconds: 5 }, ({ clock }) => clock.advance(4999)), [undefined, 0]);
  assert.deepEqual(ends({ seconds: 5 }, ({ clock }) => clock.advance(5000)), ["time", 0]);
  assert.deepEqual(ends({ packets: 7 }, many), ["packets", 7]);
  const [because, packets] = ends({ bytes: 10_000 }, many);
  assert.equal(because, "bytes");
  assert.ok(Number(packets) > 20 && Number(packets) < 60, `${packets}`);
  assert.deepEqual(ends({}, ({ calls }) => calls.delete("a")), ["call ended", 0]);
  assert.deepEqual(
    ends({}, ({ captures }) => captures.stop(captures.list()[0]!.id)),
    ["stopped", 0],
  );
});

Deno.test("two captures of one call end apart", () => {
  const { copies, captures } = open();
  const one = captures.start("a", "a", DEFAULT_CAPTURE)!;
  const two = captures.start("a", "a", DEFAULT_CAPTURE)!;
  captures.stop(one.id);
  assert.deepEqual([...copies.on], [1]);
  copies.come(1, 30000);
  captures.tick();
  assert.deepEqual([captures.get(one.id)?.packets, captures.get(two.id)?.packets], [0, 1]);
  assert.ok(captures.remove(two.id));
  assert.ok(!captures.remove(two.id));
  assert.equal(copies.on.size, 0);
});

Deno.test("captures are few, and nobody's are forgotten", () => {
  const { clock, captures } = open();
  for (let i = 0; i < MAX_CAPTURES; i++) captures.start("a", "a", DEFAULT_CAPTURE);
  assert.throws(() => captures.start("a", "a", DEFAULT_CAPTURE), CaptureLimitError);
  clock.advance(60_000);
  captures.tick();
  clock.advance(KEEP_MS - 1);
  captures.tick();
  assert.equal(captures.list().length, MAX_CAPTURES);
  clock.advance(1);
  captures.tick();
  assert.equal(captures.list().length, 0);
});

Deno.test("limits beyond the greatest are brought inside", () => {
  const { captures } = open();
  const { limits } = captures.start("a", "a", { seconds: 1e9, bytes: 1e12, packets: 0 })!;
  assert.deepEqual(limits, { seconds: 600, bytes: 64 << 20, packets: 1 });
});
