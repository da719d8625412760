import assert from "node:assert/strict";
import { liveText, UNKNOWN } from "./live_text.ts";

const LIVE = { at: 0, uptimeSeconds: 61, cores: [], interfaces: [] };

function plain(name: string, more: Partial<Parameters<typeof liveText>[1]> = {}) {
  return liveText(name, { ...LIVE, ...more })?.replaceAll("\u202f", " ");
}

Deno.test("liveText() says what a number is, and when it is not known", () => {
  assert.equal(plain("calls", { calls: 1234 }), "1 234");
  assert.equal(plain("bitrate", { bytes: 1000 }), "8.00 kbit/s");
  assert.equal(plain("loss", { lost: 1, packets: 99 }), "1.00 %");
  assert.equal(plain("loss", { lost: 0, packets: 0 }), "0.00 %");
  assert.equal(plain("loss"), UNKNOWN);
  assert.equal(plain("mos", { mos: 4.26 }), "4.3");
  assert.equal(plain("mos"), UNKNOWN);
  assert.equal(plain("kernel", { kernel: 0.5 }), "50 %");
  assert.equal(plain("path", { kernel: 0 }), "all in the relay core");
  assert.equal(plain("process", { process: 0.012 }), "1.2 %");
  assert.equal(plain("uptime"), "1 min 1 s");
  assert.equal(plain("latency"), "no requests");
});

Deno.test("liveText() knows no names that are not its own", () => {
  for (const name of ["", "constructor", "__proto__", "toString", "nothing"]) {
    assert.equal(plain(name), undefined, name);
  }
});
