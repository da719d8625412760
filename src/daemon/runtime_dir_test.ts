import assert from "node:assert/strict";
import { runtimeDirectories, usableDirectory } from "./runtime_dir.ts";

Deno.test("runtimeDirectories prefers systemd's, then the session's, then the system's", () => {
  const env = { RUNTIME_DIRECTORY: "/run/a:/run/b", XDG_RUNTIME_DIR: "/run/user/7" };
  const expected = ["/run/a", "/run/user/7/rtpedge", "/run/rtpedge", "/data"];
  assert.deepEqual(runtimeDirectories(env, "/data"), expected);
  assert.deepEqual(runtimeDirectories({}, "/data"), ["/run/rtpedge", "/data"]);
  assert.deepEqual(runtimeDirectories({ RUNTIME_DIRECTORY: "odd" }, "/data"), [
    "/run/rtpedge",
    "/data",
  ]);
});

Deno.test("usableDirectory makes the first directory that can be written to", async () => {
  const dir = await Deno.makeTempDir({ prefix: "rtpedge-runtime-" });
  try {
    await Deno.writeTextFile(`${dir}/file`, "");
    assert.equal(usableDirectory([`${dir}/file`, `${dir}/x/y`, dir]), `${dir}/x/y`);
    assert.equal((await Deno.stat(`${dir}/x/y`)).mode! & 0o777, 0o700);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(`${dir}/x/y`)), []);
    assert.throws(() => usableDirectory([`${dir}/file`, "/proc/none"]), /none of .*file, \/proc/);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
