import assert from "node:assert/strict";
import { DEFAULT_MOS, mosModel, mosScore } from "./mos.ts";

/** Round trip in ms, jitter in ms, loss in percent, and the score rtpengine 26.0.1 gave for them. */
const GIVEN = {
  "G.107": [
    [302, 5, 1, 4.0],
    [302, 50, 7, 2.6],
    [102, 10, 1, 4.1],
    [302, 300, 1, 2.2],
    [52, 20, 9, 2.7],
    [302, 5, 1, 4.0],
    [22, 10, 2, 3.9],
    [22, 300, 5, 2.2],
    [52, 300, 2, 2.8],
    [102, 300, 0, 3.2],
    [52, 50, 0, 4.2],
    [52, 0, 3, 3.7],
    [352, 0, 2, 3.8],
    [502, 5, 0, 3.8],
    [152, 50, 7, 2.9],
    [702, 20, 1, 2.7],
    [352, 20, 2, 3.7],
    [402, 0, 2, 3.6],
    [352, 50, 1, 3.7],
    [152, 50, 2, 3.8],
    [302, 10, 5, 3.2],
    [402, 5, 1, 3.8],
    [352, 100, 4, 2.7],
    [52, 20, 7, 3.0],
  ],
  "legacy": [
    [302, 0, 1, 3.6],
    [52, 5, 0, 4.3],
    [502, 100, 1, 1.6],
    [23, 100, 7, 3.3],
    [402, 10, 19, 1.1],
    [702, 100, 0, 1.1],
    [152, 50, 0, 3.9],
    [7, 0, 15, 2.8],
    [352, 100, 3, 2.1],
    [52, 20, 0, 4.3],
    [352, 5, 9, 2.3],
    [202, 0, 2, 3.9],
    [352, 20, 0, 3.3],
    [22, 10, 15, 2.8],
    [402, 0, 0, 3.3],
    [202, 50, 11, 2.3],
    [7, 0, 19, 2.3],
    [252, 0, 9, 2.9],
    [252, 10, 3, 3.5],
    [402, 50, 3, 2.3],
    [7, 5, 11, 3.3],
    [52, 0, 19, 2.2],
    [402, 20, 2, 2.8],
    [202, 300, 0, 1.3],
  ],
  "G.107.2": [
    [202, 20, 0, 4.3],
    [7, 10, 7, 2.1],
    [52, 100, 0, 4.3],
    [22, 100, 99, 1.1],
    [7, 100, 9, 1.9],
    [52, 5, 0, 4.3],
    [702, 50, 0, 3.5],
    [152, 20, 3, 3.0],
    [352, 10, 4, 2.6],
    [252, 20, 27, 1.3],
    [2002, 100, 1, 1.7],
    [152, 10, 1, 3.9],
    [252, 10, 15, 1.5],
    [502, 0, 1, 3.5],
    [202, 0, 19, 1.4],
    [302, 20, 9, 1.9],
    [52, 5, 2, 3.4],
    [152, 20, 2, 3.4],
    [702, 20, 5, 1.5],
    [352, 50, 3, 2.7],
    [52, 10, 9, 1.9],
    [102, 5, 7, 2.1],
    [502, 50, 3, 2.2],
    [1002, 100, 0, 2.9],
  ],
} as const;

Deno.test("mosScore gives the scores rtpengine gives, to a tenth", () => {
  for (const formula of ["G.107", "legacy", "G.107.2"] as const) {
    let exact = 0;
    for (const [roundTrip, jitter, loss, score] of GIVEN[formula]) {
      const clockRate = formula === "G.107.2" ? 48_000 : 8000;
      const ours = mosScore({ formula, listening: false }, { roundTrip, jitter, loss, clockRate });
      const shown = Math.floor(ours * 10 + 1e-9) / 10;
      const what = `${formula} ${[roundTrip, jitter, loss]}: ${ours}, not ${score}`;
      assert(Math.abs(shown - score) < 0.11, what);
      if (Math.abs(shown - score) < 0.01) exact++;
    }
    assert(
      exact >= GIVEN[formula].length * 0.75,
      `${formula}: ${exact} of ${GIVEN[formula].length}`,
    );
  }
});

Deno.test("mosScore falls with loss, jitter and, unless listening, delay", () => {
  for (const formula of ["G.107", "legacy", "G.107.2"] as const) {
    for (const clockRate of [8000, 48_000]) {
      const model = { formula, listening: false };
      const base = { roundTrip: 40, jitter: 5, loss: 0, clockRate };
      const along = (key: "roundTrip" | "jitter" | "loss", values: readonly number[]) =>
        values.map((value) => mosScore(model, { ...base, [key]: value }));
      for (
        const scores of [
          along("loss", Array.from({ length: 101 }, (_, i) => i)),
          along("jitter", [0, 10, 50, 100, 300, 1000, 10_000]),
          along("roundTrip", [0, 100, 300, 500, 1000, 5000, 60_000]),
        ]
      ) {
        assert.deepEqual(scores, scores.toSorted((a, b) => b - a), `${formula} ${clockRate}`);
        assert(scores[0]! > 4.2 && scores[0]! <= 4.5, `${formula} begins at ${scores[0]}`);
        assert(scores.at(-1)! < 2.5, `${formula} ends at ${scores.at(-1)}`);
      }
      const listening = { formula, listening: true };
      const near = mosScore(listening, base);
      assert.equal(mosScore(listening, { ...base, roundTrip: 3000 }), near);
    }
  }
});

Deno.test("mosScore uses the fullband formula for 48 kHz only", () => {
  const input = { roundTrip: 40, jitter: 5, loss: 5, clockRate: 8000 };
  const fullband = mosModel(["G.107.2"]);
  assert.equal(mosScore(fullband, input), mosScore(DEFAULT_MOS, input));
  assert.notEqual(
    mosScore(fullband, { ...input, clockRate: 48_000 }),
    mosScore(DEFAULT_MOS, { ...input, clockRate: 48_000 }),
  );
});

Deno.test("mosModel reads the option, any case, and names what it does not know", () => {
  assert.deepEqual(mosModel([]), DEFAULT_MOS);
  assert.deepEqual(mosModel(["LQ"]), { formula: "G.107", listening: true });
  assert.deepEqual(mosModel(["lq", "G.107.2", "cq"]), { formula: "G.107.2", listening: false });
  assert.deepEqual(mosModel(["legacy"]), { formula: "legacy", listening: false });
  assert.throws(() => mosModel(["best"]), /no value best/);
});
