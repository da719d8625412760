import assert from "node:assert/strict";
import { isCrossOrigin } from "./same_origin.ts";

Deno.test("isCrossOrigin() lets programs and pages of the same origin through", () => {
  assert.equal(isCrossOrigin({}, false), false);
  assert.equal(isCrossOrigin({ host: "relay:8080" }, false), false);
  assert.equal(isCrossOrigin({ host: "relay:8080", origin: "http://relay:8080" }, false), false);
  assert.equal(isCrossOrigin({ host: "Relay", origin: "https://relay" }, true), false);
  assert.equal(isCrossOrigin({ host: "relay", origin: "ws://relay" }, false), false);
  assert.equal(isCrossOrigin({ host: "relay", origin: "wss://relay" }, true), false);
  assert.equal(isCrossOrigin({ host: "relay", "sec-fetch-site": "none" }, false), false);
  assert.equal(isCrossOrigin({ host: "relay", "sec-fetch-site": "same-origin" }, false), false);
});

Deno.test("isCrossOrigin() tells pages of other origins", () => {
  assert.equal(isCrossOrigin({ host: "relay", origin: "http://evil" }, false), true);
  assert.equal(isCrossOrigin({ host: "relay", origin: "https://relay" }, false), true);
  assert.equal(isCrossOrigin({ host: "relay:1", origin: "http://relay:2" }, false), true);
  assert.equal(isCrossOrigin({ host: "relay", origin: "null" }, false), true);
  assert.equal(isCrossOrigin({ origin: "http://relay" }, false), true);
  assert.equal(isCrossOrigin({ host: "relay", "sec-fetch-site": "cross-site" }, false), true);
  assert.equal(isCrossOrigin({ host: "relay", "sec-fetch-site": "same-site" }, false), true);
});
