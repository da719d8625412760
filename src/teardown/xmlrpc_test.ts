import assert from "node:assert/strict";
import type { CallView } from "../call/types.ts";
import { teardownBodies } from "./xmlrpc.ts";

/** A call of parties given as `[tag, tag of the peer]`. */
function call(...parties: [string, string | undefined][]): CallView {
  const participants = parties.map(([tag, inDialogueWith]) => ({ tag, inDialogueWith }));
  return { callId: "call-1", participants } as unknown as CallView;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?><methodCall>';

Deno.test("teardownBodies() tells SEMS about each party that has a name", () => {
  const expected = (tag: string) =>
    `${HEAD}<methodName>di</methodName><params><param><value><string>sbc</string></value></param>` +
    "<param><value><string>postControlCmd</string></value></param>" +
    `<param><value><string>${tag}</string></value></param>` +
    "<param><value><string>teardown</string></value></param></params></methodCall>";
  const bodies = teardownBodies(0, call(["a", "b"], ["b", "a"], ["", undefined]));
  assert.deepEqual(bodies, [expected("a"), expected("b")]);
  assert.equal(bodies[0]!.length, 321, "as long as rtpengine's");
});

Deno.test("teardownBodies() names the call only, in form 1", () => {
  assert.deepEqual(teardownBodies(1, call(["a", ""])), [
    `${HEAD}<methodName>teardown</methodName><params><param><value><string>call-1</string></value>` +
    "</param></params></methodCall>",
  ]);
});

Deno.test("teardownBodies() names the dialogue for Kamailio, if there is one", () => {
  const bodies = teardownBodies(2, call(["a", "b2"], ["b1", undefined], ["b2", "a"]));
  assert.deepEqual(bodies, [
    `${HEAD}<methodName>dlg.terminate_dlg</methodName><params>` +
    "<param><value><string>call-1</string></value></param>" +
    "<param><value><string>a</string></value></param>" +
    "<param><value><string>b2</string></value></param></params></methodCall>",
  ]);
  assert.deepEqual(teardownBodies(2, call(["a", ""], ["", "a"])), []);
  assert.deepEqual(teardownBodies(2, call()), []);
});

Deno.test("teardownBodies() writes what SIP allows and XML does not", () => {
  const [body] = teardownBodies(0, call(["a&<t>\x01", undefined]));
  assert.match(body!, /<string>a&amp;&lt;t&gt;\?<\/string>/);
});
