import assert from "node:assert/strict";
import { PidFile, PidFileError } from "./pidfile.ts";

async function inDirectory(body: (dir: string) => void): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    body(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("PidFile.write holds the process id and a line end", async () => {
  await inDirectory((dir) => {
    PidFile.write(`${dir}/p`, 4711);
    assert.equal(Deno.readTextFileSync(`${dir}/p`), "4711\n");
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name), ["p"]);
  });
});

Deno.test("PidFile.remove removes its own file", async () => {
  await inDirectory((dir) => {
    PidFile.write(`${dir}/p`, 4711).remove();
    assert.deepEqual([...Deno.readDirSync(dir)], []);
  });
});

Deno.test("PidFile.remove leaves the file of a successor", async () => {
  await inDirectory((dir) => {
    const first = PidFile.write(`${dir}/p`, 4711);
    PidFile.write(`${dir}/p`, 4712);
    first.remove();
    assert.equal(Deno.readTextFileSync(`${dir}/p`), "4712\n");
  });
});

Deno.test("PidFile.write names the path it cannot write", () => {
  assert.throws(
    () => PidFile.write("/nonexistent/p", 1),
    (error) => error instanceof PidFileError && /\/nonexistent\/p/.test(error.message),
  );
});
