import assert from "node:assert/strict";
import { FIELD_NAMES } from "./fields.ts";
import { History, RANGES, STEPS } from "./history.ts";
import { HistoryDatabase } from "./database.ts";
import { RateMeter } from "./rates.ts";
import { Series } from "./series.ts";

const START = 1_700_000_040_000;

Deno.test("Series.steps() gives means of what fell into a step, oldest first", () => {
  const series = new Series(1000, 5);
  assert.equal(series.add(START + 10, { calls: 1, mos: 4 }), undefined);
  assert.equal(series.add(START + 900, { calls: 3 }), undefined);
  const ended = series.add(START + 1000, { calls: 7 });
  assert.deepEqual(ended, { at: START, sample: { calls: 2, mos: 4 } });
  series.add(START + 2000, {});
  assert.deepEqual(series.steps(START + 2500), [
    { at: START, sample: { calls: 2, mos: 4 } },
    { at: START + 1000, sample: { calls: 7 } },
  ]);
});

Deno.test("Series forgets what is older than its length, and leaves gaps where nothing was recorded", () => {
  const series = new Series(1000, 3);
  for (const second of [0, 1, 5, 6]) series.add(START + second * 1000, { calls: second });
  const at = (now: number) => series.steps(START + now * 1000).map(({ sample }) => sample.calls);
  assert.deepEqual(at(6), [5]);
  assert.deepEqual(at(2), [0, 1]);
  assert.deepEqual(at(100), []);
});

Deno.test("Series takes no numbers that are none", () => {
  const series = new Series(1000, 3);
  series.add(START, { calls: NaN, packets: Infinity, bytes: 1 });
  assert.deepEqual(series.add(START + 1000, {})?.sample, { bytes: 1 });
});

Deno.test("Series survives a clock that is set back", () => {
  const series = new Series(1000, 3);
  series.add(START + 9000, { calls: 1 });
  series.add(START, { calls: 2 });
  series.add(START + 1000, { calls: 3 });
  assert.deepEqual(series.steps(START + 1000).map(({ sample }) => sample.calls), [2]);
});

Deno.test("History rolls up by second, ten seconds and minute", () => {
  const history = new History();
  const ended: string[] = [];
  for (let second = 0; second <= 120; second++) {
    const steps = history.add(START + second * 1000, { calls: second });
    ended.push(...steps.map(({ range }) => range));
  }
  const count = (range: string) => ended.filter((one) => one === range).length;
  assert.deepEqual(RANGES.map(count), [120, 12, 2]);
  const now = START + 120_500;
  assert.equal(history.read("5m", now).length, 120);
  assert.deepEqual(history.read("1h", now)[1], { at: START + 10_000, sample: { calls: 14.5 } });
  assert.equal(history.read("24h", now)[0]?.sample.calls, 29.5);
});

Deno.test("HistoryDatabase keeps steps over a restart, and no more than there are", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/history.db`;
    const length = 700;
    let now = START;
    {
      using database = HistoryDatabase.open(path, "x").database;
      const history = new History();
      for (let second = 0; second < length; second++) {
        now = START + second * 1000;
        const steps = history.add(now, { calls: second, latency: 1 / 3 });
        if (steps.length > 0) database.write(steps, now);
      }
    }
    using database = HistoryDatabase.open(path, "x").database;
    const steps = database.load();
    const kept = steps.filter(({ range }) => range === "5m").length;
    assert.ok(kept >= STEPS["5m"].length && kept <= STEPS["5m"].length + 2, String(kept));
    const history = new History();
    history.restore(steps);
    assert.equal(history.read("5m", now).length, STEPS["5m"].length);
    assert.deepEqual(history.read("5m", now).at(-1)?.sample, {
      calls: length - 2,
      latency: 0.33333,
    });
    assert.equal(history.read("1h", now).length, 69);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("HistoryDatabase leaves out rows it cannot read, and sets a stranger's file aside", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/history.db`;
    const { DatabaseSync } = await import("node:sqlite");
    HistoryDatabase.open(path, "x").database[Symbol.dispose]();
    const raw = new DatabaseSync(path);
    raw.exec(`INSERT INTO step VALUES (0, 1, '{'), (0, 2, '[1]'), (0, 3, 'null'), (9, 4, '{}'),
      (0, 5, '{"calls": "7", "packets": 3, "unknown": 1}')`);
    raw.close();
    {
      using database = HistoryDatabase.open(path, "x").database;
      const steps = database.load();
      assert.deepEqual(steps.at(-1), { range: "5m", at: 5, sample: { packets: 3 } });
      assert.ok(steps.every(({ sample }) => Object.keys(sample).every((key) => key === "packets")));
    }
    await Deno.writeTextFile(path, "this is no database, but long enough to look at".repeat(20));
    const { database, notice } = HistoryDatabase.open(path, "stamp");
    using _ = database;
    assert.match(notice ?? "", /set aside as .*stamp/);
    assert.deepEqual(database.load(), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("RateMeter gives change per second, and nothing below zero", () => {
  const meter = new RateMeter<"a" | "b">();
  assert.equal(meter.rates(1000, { a: 5, b: 100 }), undefined);
  assert.deepEqual(meter.rates(3000, { a: 25, b: 10 }), { a: 10, b: 0 });
  assert.equal(meter.rates(3000, { a: 30, b: 10 }), undefined);
  assert.deepEqual(meter.rates(4000, { a: 30, b: 12 }), { a: 5, b: 2 });
});

Deno.test("FIELDS can be told apart", () => {
  assert.equal(new Set(FIELD_NAMES).size, FIELD_NAMES.length);
});
