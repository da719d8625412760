import assert from "node:assert/strict";
import { FakeClock } from "./core/clock.ts";
import type { Settings } from "./core/settings.ts";
import { warmUp } from "./warm_up.ts";

const SETTINGS: Settings = {
  timeout: 60,
  silentTimeout: 3600,
  finalTimeout: 0,
  offerTimeout: 120,
  deleteDelay: 30,
  maxSessions: 0,
  maxLoad: 0,
  maxCpu: 0,
  maxBandwidth: 0,
  tos: 0,
  controlTos: 0,
  saveInterfacePorts: false,
  sipSource: false,
  endpointLearning: "heuristic",
  strictSource: true,
  logLevel: 6,
};

/** A clock that goes on by `step` ms with each look at it. */
class BusyClock extends FakeClock {
  readonly #step: number;

  constructor(step: number) {
    super();
    this.#step = step;
  }

  override now(): number {
    this.advance(this.#step);
    return super.now();
  }
}

Deno.test("warmUp() has every request of every call answered, whatever the limits", async () => {
  let pauses = 0;
  const good = await warmUp({
    settings: SETTINGS,
    clock: new FakeClock(),
    pause: () => Promise.resolve(void pauses++),
    stopped: () => false,
  });
  assert.equal(good, 900);
  assert.equal(pauses, 0, "no time has passed");
  assert.equal(SETTINGS.maxSessions, 0);
});

Deno.test("warmUp() lets others have their turn, and ends with the daemon", async () => {
  let pauses = 0;
  const good = await warmUp({
    settings: SETTINGS,
    clock: new BusyClock(1),
    pause: () => Promise.resolve(void pauses++),
    stopped: () => pauses === 3,
  });
  assert.equal(pauses, 3);
  assert.equal(good, 9, "one call took longer than a slice");
});
