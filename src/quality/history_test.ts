import assert from "node:assert/strict";
import { QualityHistory, type QualityReport } from "./history.ts";

function report(at: number, fields: Partial<QualityReport> = {}): QualityReport {
  return { mos: 40, roundTrip: 2000, leg: 1000, jitter: 5, loss: 1, at, ...fields };
}

Deno.test("QualityHistory is empty at first", () => {
  assert.equal(new QualityHistory().summary(), undefined);
});

Deno.test("QualityHistory means, lowest and highest leave out reports without a score", () => {
  const history = new QualityHistory();
  history.add(report(0, { mos: 0, jitter: 1000 }));
  assert.equal(history.summary()!.average, undefined);
  assert.equal(history.mos, undefined);
  assert.equal(history.summary()!.lowest, undefined);
  for (const [i, mos] of [41, 30, 44, 44, 30].entries()) {
    history.add(report(i * 1000 + 1000, { mos, jitter: i, leg: 1000 + i }));
  }
  const { average, lowest, highest, progression } = history.summary()!;
  const mean = { mos: 37, roundTrip: 2000, leg: 1002, jitter: 2, loss: 1 };
  assert.deepEqual(average, { ...mean, samples: 5 });
  assert.equal(Math.floor(history.mos! * 10), 37);
  assert.equal(lowest!.at, 2000, "the first of several");
  assert.equal(highest!.at, 3000);
  assert.equal(progression.entries[0]!.mos, 0, "which are shown nevertheless");
});

Deno.test("QualityHistory shows a report for each tenth of the time", () => {
  // as rtpengine showed 33 reports, one every 1.063 s
  const history = new QualityHistory();
  for (let i = 0; i < 32; i++) history.add(report(702_000 + i * 1063));
  const { interval, entries } = history.summary()!.progression;
  assert.equal(interval, 3);
  assert.deepEqual(
    entries.map(({ at }) => Math.floor(at / 1000)),
    [702, 706, 709, 712, 715, 719, 722, 725, 728, 731, 734],
  );
});

Deno.test("QualityHistory shows all reports while they are few", () => {
  const history = new QualityHistory();
  history.add(report(1000));
  assert.deepEqual(history.summary()!.progression, { interval: 0, entries: [report(1000)] });
  for (let i = 1; i < 11; i++) history.add(report(1000 + i * 5000));
  const { interval, entries } = history.summary()!.progression;
  assert.equal(interval, 5);
  assert.equal(entries.length, 11);
});

Deno.test("QualityHistory stays small and even over hours", () => {
  const history = new QualityHistory();
  for (let i = 0; i < 10_000; i++) history.add(report(i * 5000));
  const { interval, entries } = history.summary()!.progression;
  assert.equal(interval, Math.floor(9999 * 5 / 10));
  assert.equal(entries.length, 11);
  for (let i = 1; i < entries.length; i++) {
    const gap = (entries[i]!.at - entries[i - 1]!.at) / 1000;
    assert(Math.abs(gap - interval) < interval * 0.5, `gap ${gap}`);
  }
  assert.equal(history.summary()!.average!.samples, 10_000);
  assert.equal(entries.at(-1)!.at, 9999 * 5000);
});

Deno.test("QualityHistory takes one report a second", () => {
  const history = new QualityHistory();
  for (let i = 0; i < 20; i++) history.add(report(i * 300, { jitter: i }));
  const { average, progression } = history.summary()!;
  assert.deepEqual(progression.entries.map(({ jitter }) => jitter), [0, 4, 8, 12, 16]);
  assert.equal(average!.samples, 5);
  history.add(report(-60_000));
  assert.equal(history.summary()!.average!.samples, 6, "the clock was set back");
  assert.deepEqual(history.summary()!.progression.interval, 0);
});
