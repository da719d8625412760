import assert from "node:assert/strict";
import { answerMux, offerMux } from "./mux.ts";

function options(...words: string[]): ReadonlySet<string> {
  return new Set(words);
}

Deno.test("offerMux passes an offer on as it is", () => {
  assert.deepEqual(offerMux(true, options(), "none", "none"), {
    from: "offered",
    fromAlways: false,
    to: "offered",
  });
  assert.deepEqual(offerMux(false, options(), "none", "none"), {
    from: "none",
    fromAlways: false,
    to: "none",
  });
});

Deno.test("offerMux keeps what was agreed until there is an answer", () => {
  assert.deepEqual(offerMux(true, options(), "agreed", "agreed"), {
    from: "agreed",
    fromAlways: false,
    to: "agreed",
  });
  assert.equal(offerMux(false, options(), "agreed", "agreed").to, "agreed");
  assert.equal(offerMux(false, options(), "agreed", "agreed").from, "none");
});

Deno.test("offerMux obeys each word of the key", () => {
  assert.equal(offerMux(false, options("offer"), "none", "none").to, "offered");
  assert.equal(offerMux(false, options("require"), "none", "none").to, "agreed");
  assert.equal(offerMux(true, options("demux"), "none", "agreed").to, "none");
  assert.equal(offerMux(true, options("demux"), "none", "none").fromAlways, true);
  assert.equal(offerMux(true, options("accept"), "none", "none").fromAlways, true);
  assert.equal(offerMux(true, options("reject"), "none", "none").from, "none");
  assert.equal(offerMux(true, options("reject"), "none", "none").to, "offered");
  assert.equal(offerMux(true, options("reject", "accept"), "none", "none").fromAlways, false);
});

Deno.test("answerMux agrees only with what was offered", () => {
  assert.equal(answerMux(true, options(), "offered", false).to, "agreed");
  assert.equal(answerMux(true, options(), "none", false).to, "none");
  assert.equal(answerMux(false, options(), "offered", false).to, "none");
  assert.equal(answerMux(false, options(), "offered", true).to, "agreed");
  assert.equal(answerMux(false, options("accept"), "offered", false).to, "agreed");
  assert.equal(answerMux(true, options("reject"), "offered", true).to, "none");
  assert.equal(answerMux(true, options(), "none", false).from, "agreed");
  assert.equal(answerMux(false, options(), "agreed", false).from, "none");
});
