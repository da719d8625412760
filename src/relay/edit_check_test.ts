import assert from "node:assert/strict";
import { bundleProblem, editProblem, payloadTypeProblem, silenceProblem } from "./edit_check.ts";
import type { RuleBundle, RuleOutput } from "./types.ts";

Deno.test("silenceProblem finds patterns that cannot be", () => {
  const problem = (...silence: { payloadType: number; byte?: number }[]) =>
    silenceProblem({ silence });
  assert.equal(silenceProblem({}), undefined);
  assert.equal(problem({ payloadType: 8, byte: 0 }, { payloadType: 0 }), undefined);
  assert.match(problem({ payloadType: 8, byte: 256 })!, /pattern 256/);
  assert.match(problem({ payloadType: 128 })!, /payload type 128/);
  assert.match(problem({ payloadType: 8, byte: 0 }, { payloadType: 8 })!, /two ways/);
  const passing = Array.from({ length: 100 }, (_, payloadType) => ({ payloadType }));
  assert.equal(problem(...passing), undefined);
  assert.match(problem(...passing.slice(0, 9).map((one) => ({ ...one, byte: 1 })))!, /9 silence/);
});

Deno.test("payloadTypeProblem names the first that is none", () => {
  assert.equal(payloadTypeProblem(), undefined);
  assert.equal(payloadTypeProblem([0, 127]), undefined);
  for (const type of [-1, 128, 1.5, NaN]) {
    assert.match(payloadTypeProblem([0, type])!, new RegExp(`${type}`));
  }
});

Deno.test("bundleProblem finds sections that contradict each other", () => {
  const audio = { mid: "a", payloadTypes: [8], ssrcs: [1, 1] };
  const problem = (bundle: Partial<RuleBundle>) => bundleProblem({ sections: [audio], ...bundle });
  const second = (parts: Partial<typeof audio>) =>
    problem({ sections: [audio, { mid: "v", payloadTypes: [], ssrcs: [], ...parts }] });
  assert.equal(problem({}), undefined, "within one section an SSRC may be told twice");
  assert.equal(second({}), undefined);
  assert.match(problem({ sections: [] })!, /0 sections/);
  assert.match(problem({ midExtension: 256 })!, /256/);
  assert.match(second({ mid: "a" })!, /one MID/);
  assert.match(second({ mid: "" })!, /"" is no MID/);
  assert.match(second({ mid: "a".repeat(33) })!, /no MID/);
  assert.match(second({ ssrcs: [1] })!, /two sections/);
  assert.match(second({ ssrcs: [-1] })!, /-1 is no SSRC/);
  assert.match(second({ ssrcs: [2, 3, 4, 5, 6, 7, 8, 9, 10] })!, /9 SSRCs/);
  assert.match(second({ payloadTypes: [200] })!, /200/);
});

Deno.test("editProblem finds what an output cannot do", () => {
  const problem = (parts: Partial<RuleOutput>, sections = 2) =>
    editProblem({ slot: 1, match: ["rtp"], ...parts }, sections);
  assert.equal(
    problem({ section: 1, mid: { id: 255, value: "a" }, extensions: [1, 255] }),
    undefined,
  );
  assert.match(problem({ section: 2 })!, /section 2 of 2/);
  assert.match(problem({ section: 0 }, 0)!, /section 0 of 0/);
  assert.match(problem({ extensions: [0] })!, /0 is no header extension/);
  assert.match(problem({ mid: { id: 0, value: "a" } })!, /0 is no header extension/);
  assert.match(problem({ mid: { id: 1, value: "\u0416" } })!, /no MID/);
});
