import assert from "node:assert/strict";
import type { Entry } from "./format.ts";
import { lineSink, lineStyle, stderrStream } from "./sink.ts";

const ENTRY: Entry = {
  time: 0,
  level: 6,
  subsystem: "core",
  callId: undefined,
  message: "x",
  fields: {},
};

Deno.test("lineStyle writes for the journal only when standard error leads there", () => {
  const base = { format: "default", timestamps: true } as const;
  const journal = (journalStream?: string, stderr?: string) =>
    lineStyle({ ...base, journalStream, stderrStream: stderr }).journal;
  assert.equal(journal("8:123", "8:123"), true);
  assert.equal(journal("8:123", "8:124"), false);
  assert.equal(journal(undefined, "8:123"), false);
  assert.equal(journal(undefined, undefined), false);
});

Deno.test("stderrStream names device and inode", { ignore: Deno.build.os !== "linux" }, () => {
  assert.match(stderrStream() ?? "", /^\d+:\d+$/);
});

Deno.test("lineSink writes one line for each entry", () => {
  const lines: string[] = [];
  const sink = lineSink(
    { format: "default", timestamps: false, journal: false },
    (line) => lines.push(line),
  );
  sink(ENTRY);
  assert.deepEqual(lines, ["INFO: [core] x"]);
});

Deno.test("lineSink survives a writer that fails", () => {
  const sink = lineSink({ format: "default", timestamps: false, journal: false }, () => {
    throw new Error("disk full");
  });
  assert.doesNotThrow(() => sink(ENTRY));
});

Deno.test("writeStderr writes whole lines to standard error", async () => {
  const script = `import { writeStderr } from ${JSON.stringify(import.meta.resolve("./sink.ts"))};
    writeStderr("one é"); writeStderr("x".repeat(200000));`;
  const { stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--no-lock", script],
    env: { NO_COLOR: "1" },
    stderr: "piped",
  }).output();
  assert.ok(success);
  const lines = new TextDecoder().decode(stderr).split("\n");
  assert.deepEqual([lines[0], lines[1]?.length, lines[2], lines.length], ["one é", 200000, "", 3]);
});
