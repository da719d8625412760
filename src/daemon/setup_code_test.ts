import assert from "node:assert/strict";
import { SetupCodeFile } from "./setup_code.ts";

Deno.test("SetupCodeFile is there while the code is good, for its owner alone", () => {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/setup-code`;
  try {
    Deno.writeTextFileSync(path, "of before\n");
    const file = new SetupCodeFile(`${folder}:/elsewhere`);
    assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
    file.update("ABCD");
    assert.equal(Deno.readTextFileSync(path), "ABCD\n");
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
    file.update(undefined);
    assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("SetupCodeFile writes nothing without a folder", () => {
  for (const folder of [undefined, ""]) new SetupCodeFile(folder).update("ABCD");
});
