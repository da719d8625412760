import assert from "node:assert/strict";
import { type Entry, formatEntry, type LineStyle, printable } from "./format.ts";

const PLAIN: LineStyle = { format: "default", timestamps: false, journal: false };

function line(entry: Partial<Entry>, style: Partial<LineStyle> = {}): string {
  return formatEntry({
    time: 1_700_000_000_123,
    level: 6,
    subsystem: "control",
    callId: undefined,
    message: "hello",
    fields: {},
    ...entry,
  }, { ...PLAIN, ...style });
}

Deno.test("formatEntry writes level, call, subsystem and message", () => {
  assert.equal(line({}), "INFO: [control] hello");
  assert.equal(line({ callId: "abc@host" }), "INFO: [abc@host]: [control] hello");
});

Deno.test("formatEntry writes seconds with six decimals", () => {
  assert.equal(line({}, { timestamps: true }), "[1700000000.123000] INFO: [control] hello");
});

Deno.test("formatEntry knows all levels", () => {
  const tags = ([0, 1, 2, 3, 4, 5, 6, 7] as const).map((level) => line({ level }).split(":")[0]);
  assert.deepEqual(tags, [
    "EMERG",
    "ALERT",
    "CRIT",
    "ERR",
    "WARNING",
    "NOTICE",
    "INFO",
    "DEBUG",
  ]);
});

Deno.test("formatEntry marks the call in parsable lines", () => {
  assert.equal(
    line({ callId: 'a"b' }, { format: "parsable" }),
    'INFO: [ID="a\\"b"]: [control] hello',
  );
});

Deno.test("formatEntry begins with the level for the journal, without time", () => {
  assert.equal(line({ level: 3 }, { journal: true, timestamps: true }), "<3>ERR: [control] hello");
  assert.ok(line({ level: 3 }, { journal: true, format: "json" }).startsWith('<3>{"time"'));
});

Deno.test("formatEntry appends fields, quoted where needed", () => {
  assert.equal(
    line({ fields: { from: "[::1]:5", n: 3, text: 'a "b"', empty: "", none: undefined, x: null } }),
    'INFO: [control] hello from=[::1]:5 n=3 text="a \\"b\\"" empty="" x=null',
  );
});

Deno.test("formatEntry writes errors, objects, big integers and cycles", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const text = line({ fields: { e: new TypeError("no"), o: { a: [1, 2n] }, b: 10n, c: cyclic } });
  assert.equal(
    text,
    'INFO: [control] hello e="TypeError: no" o="{\\"a\\":[1,\\"2\\"]}" b=10 c=(cyclic)',
  );
});

Deno.test("formatEntry masks secrets, also inside objects", () => {
  const fields = {
    password: "hunter2",
    "janus-secret": "hunter2",
    authToken: "hunter2",
    "master_key": "hunter2",
    "private-key": "hunter2",
    nested: { password: "hunter2", keep: 1 },
    passes: 4,
    key: "kept",
  };
  for (const format of ["default", "json"] as const) {
    const text = line({ fields }, { format });
    assert.ok(!text.includes("hunter2"), text);
    assert.ok(text.includes("kept") && text.includes("passes"), text);
  }
});

Deno.test("formatEntry lets nothing from the wire end a line or move the cursor", () => {
  const evil = "a\r\nINFO: [core] forged\x1b[2J\x00\x9b\u2028";
  for (const format of ["default", "parsable", "json"] as const) {
    const text = line({ message: evil, callId: evil.slice(0, 30), fields: { evil } }, { format });
    // deno-lint-ignore no-control-regex
    assert.ok(!/[\x00-\x1f\x7f]/.test(text), JSON.stringify(text));
  }
  assert.equal(printable("a\r\n\t\x1b\x9b\u2028é"), "a\\r\\n\\t\\x1b\\x9b\\u2028é");
});

Deno.test("formatEntry shows a call-id's bytes as UTF-8", () => {
  assert.equal(line({ callId: "\xc3\xa9" }), "INFO: [é]: [control] hello");
  assert.equal(line({ callId: "\u20ac" }), "INFO: [€]: [control] hello");
});

Deno.test("formatEntry writes one JSON object", () => {
  const text = line({ callId: "c", fields: { n: 1, ok: true, o: { a: 1 } } }, { format: "json" });
  assert.deepEqual(JSON.parse(text), {
    time: "2023-11-14T22:13:20.123Z",
    level: "info",
    subsystem: "control",
    "call-id": "c",
    message: "hello",
    fields: { n: 1, ok: true, o: '{"a":1}' },
  });
  assert.deepEqual(Object.keys(JSON.parse(line({}, { format: "json" }))), [
    "time",
    "level",
    "subsystem",
    "message",
  ]);
});
