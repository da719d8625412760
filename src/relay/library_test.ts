import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { LIBRARY_NAME, type LibraryPlaces, locateLibrary, unpackLibrary } from "./library.ts";

function places(parts: Partial<LibraryPlaces>): LibraryPlaces {
  return {
    override: undefined,
    besideProgram: [],
    built: [],
    embedded: false,
    unpackInto: [],
    ...parts,
  };
}

/** A folder that is gone when the test is over. */
function scratch(): { path: string } & Disposable {
  const path = Deno.makeTempDirSync({ prefix: "rtpedge-test-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

const content = new TextEncoder().encode("not really a library");
const hash = createHash("sha256").update(content).digest("hex").slice(0, 32);

function modeOf(path: string): number {
  return (Deno.lstatSync(path).mode ?? 0) & 0o777;
}

Deno.test("locateLibrary looks at RTPEDGE_LIB, beside the program, and in the build", () => {
  using folder = scratch();
  const [beside, built] = [`${folder.path}/bin`, `${folder.path}/build`];
  for (const path of [beside, built]) {
    Deno.mkdirSync(path);
    Deno.writeFileSync(`${path}/${LIBRARY_NAME}`, content);
  }
  const own = `${folder.path}/own.so`;
  Deno.writeFileSync(own, content);
  const source = `${built}/${LIBRARY_NAME}`;
  const all = places({ override: own, besideProgram: [beside], built: [source] });
  assert.equal(locateLibrary(all), own);
  assert.equal(locateLibrary({ ...all, override: undefined }), `${beside}/${LIBRARY_NAME}`);
  assert.equal(locateLibrary(places({ besideProgram: ["/nonexistent"], built: [source] })), source);
});

Deno.test("locateLibrary says what to do when there is none", () => {
  assert.throws(
    () => locateLibrary(places({ besideProgram: ["/nonexistent"], built: ["/nowhere/x.so"] })),
    /looked for \/nonexistent\/librtpedge\.so, \/nowhere\/x\.so.*make -C ffi lib.*RTPEDGE_LIB/,
  );
  const override = { override: "/nonexistent/x.so" };
  assert.throws(() => locateLibrary(places(override)), /RTPEDGE_LIB names \/nonexistent\/x\.so/);
});

Deno.test("locateLibrary unpacks an embedded library", () => {
  using folder = scratch();
  const source = `${folder.path}/embedded.so`;
  Deno.writeFileSync(source, content);
  const path = locateLibrary(
    places({ built: [source], embedded: true, unpackInto: [folder.path] }),
  );
  assert.equal(path, `${folder.path}/rtpedge/librtpedge-${hash}.so`);
});

Deno.test("unpackLibrary writes into a private folder and uses an intact copy again", () => {
  using folder = scratch();
  const path = unpackLibrary(content, [`${folder.path}/new`]);
  assert.equal(path, `${folder.path}/new/rtpedge/librtpedge-${hash}.so`);
  assert.deepEqual(Deno.readFileSync(path), content);
  assert.deepEqual([modeOf(`${folder.path}/new/rtpedge`), modeOf(path)], [0o700, 0o500]);
  const before = Deno.lstatSync(path).ino;
  assert.equal(unpackLibrary(content, [`${folder.path}/new`]), path);
  assert.equal(Deno.lstatSync(path).ino, before);
});

Deno.test("unpackLibrary replaces a copy that was changed and removes older ones", () => {
  using folder = scratch();
  const path = unpackLibrary(content, [folder.path]);
  const other = unpackLibrary(new Uint8Array([1]), [folder.path]);
  assert.notEqual(other, path);
  assert.deepEqual([...Deno.readDirSync(`${folder.path}/rtpedge`)].map(({ name }) => name), [
    other.slice(other.lastIndexOf("/") + 1),
  ]);
  Deno.removeSync(other);
  Deno.writeTextFileSync(path, "evil");
  assert.equal(unpackLibrary(content, [folder.path]), path);
  assert.deepEqual(Deno.readFileSync(path), content);
});

Deno.test("unpackLibrary follows no symbolic link and trusts no folder that others can change", () => {
  using folder = scratch();
  const elsewhere = `${folder.path}/elsewhere`;
  Deno.mkdirSync(elsewhere, { mode: 0o700 });
  // the private folder is a link
  const linked = `${folder.path}/linked`;
  Deno.mkdirSync(linked);
  Deno.symlinkSync(elsewhere, `${linked}/rtpedge`);
  // others may write into it
  const open = `${folder.path}/open`;
  Deno.mkdirSync(`${open}/rtpedge`, { recursive: true });
  Deno.chmodSync(`${open}/rtpedge`, 0o777);
  for (const parent of [linked, open]) {
    const path = unpackLibrary(content, [parent]);
    const own = path.slice(0, path.lastIndexOf("/"));
    assert.ok(!path.startsWith(folder.path), `${path} is not in ${parent}`);
    assert.equal(modeOf(own), 0o700);
    Deno.removeSync(own, { recursive: true });
  }
  assert.deepEqual([...Deno.readDirSync(elsewhere)], []);
  // the library's own place is a link
  const good = `${folder.path}/good`;
  Deno.mkdirSync(`${good}/rtpedge`, { recursive: true, mode: 0o700 });
  Deno.chmodSync(`${good}/rtpedge`, 0o700);
  const victim = `${folder.path}/victim`;
  Deno.writeFileSync(victim, content);
  Deno.symlinkSync(victim, `${good}/rtpedge/librtpedge-${hash}.so`);
  const path = unpackLibrary(content, [good]);
  assert.equal(Deno.lstatSync(path).isSymlink, false);
  assert.deepEqual(Deno.readFileSync(victim), content);
});
