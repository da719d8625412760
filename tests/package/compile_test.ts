import assert from "node:assert/strict";
import { deno, root, run } from "../../tools/proc.ts";

async function compile(env: Record<string, string>) {
  const dir = await Deno.makeTempDir({ prefix: "rtpedge-compile-" });
  const out = `${dir}/rtpedge`;
  const outcome = await run([deno, "run", "-A", "tools/compile.ts", "--out", out], {
    cwd: root,
    show: false,
    seconds: 240,
    env,
  });
  return { dir, out, outcome };
}

function contains(haystack: Uint8Array, needle: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(haystack).includes(
    new TextDecoder("latin1").decode(needle),
  );
}

Deno.test("compile embeds the program and the C library into the base binary it is given", async () => {
  // Any ELF file serves as base: this shows everything but the start of the result.
  const { dir, out, outcome } = await compile({ DENORT_BIN: "/bin/true" });
  try {
    assert.equal(outcome.code, 0, outcome.output);
    const made = await Deno.readFile(out);
    const library = await Deno.readFile(`${root}/build/librtpedge.so`);
    assert.ok(contains(made, library), "the C library is not embedded as it is");
    assert.ok(
      contains(made, new TextEncoder().encode("allow-ffi")) || made.length > library.length,
    );
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("compile without a base binary says so, names DENORT_BIN and exits with an error; with one, the result runs", async () => {
  const { dir, out, outcome } = await compile({});
  try {
    if (outcome.code === 0) {
      const version = await run([out, "--version"], { show: false, seconds: 30 });
      assert.equal(version.code, 0, version.output);
    } else {
      assert.match(outcome.output, /denort/);
      assert.match(outcome.output, /DENORT_BIN=/);
      assert.match(outcome.output, /deno task bundle/);
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
