import assert from "node:assert/strict";
import type { Entry } from "./format.ts";
import { LogRing } from "./ring.ts";

function entry(change: Partial<Entry> = {}): Entry {
  return {
    time: 1000,
    level: 6,
    subsystem: "core",
    callId: undefined,
    message: "hello",
    fields: {},
    ...change,
  };
}

const ALL = { limit: 1000 };

Deno.test("LogRing keeps the newest entries, in order, and counts on", () => {
  const ring = new LogRing({ entries: 3, characters: 100_000 });
  for (let i = 1; i <= 5000; i++) ring.add(entry({ message: `m${i}` }));
  assert.equal(ring.size, 3);
  assert.equal(ring.last, 5000);
  assert.deepEqual(ring.read({}, ALL).map(({ number, message }) => [number, message]), [
    [4998, "m4998"],
    [4999, "m4999"],
    [5000, "m5000"],
  ]);
  assert.deepEqual(ring.read({}, { limit: 2 }).map(({ message }) => message), ["m4999", "m5000"]);
  assert.deepEqual(ring.read({}, { after: 4999, limit: 9 }).map(({ number }) => number), [5000]);
});

Deno.test("LogRing is bounded in size, too, and cuts what is too long for it", () => {
  const ring = new LogRing({ entries: 1000, characters: 50_000 });
  for (let i = 0; i < 100; i++) {
    ring.add(entry({ message: "x".repeat(100_000), fields: { sdp: "y".repeat(100_000) } }));
  }
  assert.ok(ring.size <= 4, `${ring.size}`);
  const [last] = ring.read({}, { limit: 1 });
  assert.ok((last?.message.length ?? 0) < 10_000);
  assert.ok((last?.fields["sdp"]?.length ?? 0) < 10_000);
});

Deno.test("LogRing filters by level, part, call and text", () => {
  const ring = new LogRing();
  ring.add(entry({ level: 7, message: "Details" }));
  ring.add(entry({ level: 3, message: "Broken", subsystem: "http" }));
  ring.add(entry({ callId: "a\xc3\xa9", message: "of a call", fields: { codec: "PCMA" } }));
  const found = (filter: Parameters<LogRing["read"]>[0]) =>
    ring.read(filter, ALL).map(({ message }) => message);
  assert.deepEqual(found({ level: "error" }), ["Broken"]);
  assert.deepEqual(found({ level: "info" }), ["Broken", "of a call"]);
  assert.deepEqual(found({ subsystem: "http" }), ["Broken"]);
  assert.deepEqual(found({ callId: "aé" }), ["of a call"]);
  assert.deepEqual(found({ text: "pcma" }), ["of a call"]);
  assert.deepEqual(found({ text: "DETAILS", level: "error" }), []);
});

Deno.test("LogRing shows no secrets", () => {
  const ring = new LogRing();
  ring.add(entry({ fields: { password: "p", token: "t", list: { master_key: "k" }, x: 1 } }));
  const [kept] = ring.read({}, ALL);
  assert.deepEqual(kept?.fields, {
    password: "***",
    token: "***",
    list: '{"master_key":"***"}',
    x: "1",
  });
});

Deno.test("LogRing tells listeners until they leave", () => {
  const ring = new LogRing();
  const heard: number[] = [];
  const leave = ring.listen(({ number }) => heard.push(number));
  ring.add(entry());
  leave();
  ring.add(entry());
  assert.deepEqual(heard, [1]);
});
