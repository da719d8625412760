import assert from "node:assert/strict";
import { FakeClock } from "../../core/clock.ts";
import { Scheduler } from "./scheduler.ts";

Deno.test("Scheduler does things in order of time, and none that was cancelled", () => {
  const clock = new FakeClock();
  const scheduler = new Scheduler(clock);
  const done: number[] = [];
  const cancels = [50, 10, 30, 20, 40].map((ms) => scheduler.after(ms, () => void done.push(ms)));
  cancels[2]!();
  clock.advance(9);
  scheduler.run();
  assert.deepEqual(done, []);
  clock.advance(31);
  scheduler.run();
  assert.deepEqual(done, [10, 20, 40]);
  assert.equal(scheduler.next, 50);
  cancels[0]!();
  assert.equal(scheduler.next, undefined);
});

Deno.test("Scheduler asks to be woken only when something is due earlier than known", () => {
  const clock = new FakeClock();
  const asked: number[] = [];
  const scheduler = new Scheduler(clock, (ms) => void asked.push(ms));
  scheduler.after(100, () => {});
  scheduler.after(200, () => {});
  scheduler.after(50, () => void scheduler.after(10, () => {}));
  assert.deepEqual(asked, [100, 50]);
  clock.advance(50);
  scheduler.run();
  assert.deepEqual(asked, [100, 50, 10]);
  clock.advance(50);
  scheduler.run();
  assert.deepEqual(asked, [100, 50, 10, 100]);
});

Deno.test("Scheduler: what is scheduled for now while it runs waits for the next time", () => {
  const clock = new FakeClock();
  const scheduler = new Scheduler(clock);
  let turns = 0;
  const again = (): void => {
    turns++;
    scheduler.after(0, again);
  };
  again();
  scheduler.run();
  assert.equal(turns, 2);
});

Deno.test("Scheduler keeps its order under random use", () => {
  const clock = new FakeClock();
  const scheduler = new Scheduler(clock);
  let state = 7;
  const random = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % limit;
  };
  const done: number[] = [];
  let expected = 0;
  for (let i = 0; i < 2000; i++) {
    const at = clock.now() + random(1000);
    const cancel = scheduler.after(at - clock.now(), () => void done.push(at));
    if (random(4) === 0) cancel();
    else expected++;
  }
  while (scheduler.next !== undefined) {
    clock.advance(scheduler.next - clock.now());
    scheduler.run();
  }
  assert.equal(done.length, expected);
  assert.deepEqual(done, [...done].sort((a, b) => a - b));
});
