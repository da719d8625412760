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
});

Deno.test("offerMux ranks modes that contradict each other as rtpengine does", () => {
  assert.equal(offerMux(true, options("reject", "accept"), "none", "none").fromAlways, true);
  assert.equal(offerMux(true, options("reject", "demux"), "none", "none").from, "none");
  assert.equal(offerMux(true, options("offer", "demux"), "none", "none").to, "offered");
  assert.equal(offerMux(true, options("offer", "demux"), "none", "none").fromAlways, false);
  assert.equal(offerMux(true, options("require", "demux"), "none", "none").to, "agreed");
  assert.equal(offerMux(true, options("require", "demux"), "none", "none").fromAlways, false);
  assert.equal(offerMux(true, options("demux", "accept"), "none", "none").to, "none");
  assert.equal(offerMux(true, options("offer", "reject"), "none", "none").from, "none");
});

Deno.test("answerMux agrees only with what was offered", () => {
  assert.equal(answerMux(true, "offered", false).to, "agreed");
  assert.equal(answerMux(true, "none", false).to, "none");
  assert.equal(answerMux(false, "offered", false).to, "none");
  assert.equal(answerMux(false, "offered", true).to, "agreed");
  assert.equal(answerMux(true, "none", false).from, "agreed");
  assert.equal(answerMux(false, "agreed", false).from, "none");
});
