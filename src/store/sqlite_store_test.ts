import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { DatabaseInUse } from "./open.ts";
import { SqliteStore } from "./sqlite_store.ts";

const NOTHING = { put: [], remove: [], refuse: [] };

async function inDirectory(body: (path: string, dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "rtpedge-store-" });
  try {
    await body(`${dir}/state/calls.db`, dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function kept(path: string): Promise<unknown> {
  const { store } = await SqliteStore.open(path, "x");
  const calls = store.load();
  await store.close();
  return calls;
}

Deno.test("SqliteStore keeps calls from one run to the next, in order of creation", () =>
  inDirectory(async (path) => {
    const { store, notice } = await SqliteStore.open(path, "x");
    assert.equal(notice, undefined);
    assert.deepEqual(store.load(), []);
    const put = ["b", "a", "c", 'nul\0 and \xe9 " \\'].map((callId) => ({
      callId,
      text: JSON.stringify({ callId }),
    }));
    await store.write({ ...NOTHING, put });
    await store.write({ ...NOTHING, put: [{ callId: "b", text: "{}" }], remove: ["c", "unknown"] });
    await store.close();
    assert.deepEqual(await kept(path), [{ callId: "b", text: "{}" }, put[1], put[3]]);
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  }));

Deno.test("SqliteStore keeps what could not be brought back apart, with the reason", () =>
  inDirectory(async (path) => {
    const { store } = await SqliteStore.open(path, "x");
    await store.write({ ...NOTHING, put: [{ callId: "a", text: "odd" }] });
    await store.write({ ...NOTHING, refuse: [{ callId: "a", reason: "port taken" }] });
    await store.close();
    assert.deepEqual(await kept(path), []);
    const database = new DatabaseSync(path);
    const rows = database.prepare("SELECT call_id, reason, snapshot FROM refused_call").all();
    database.close();
    assert.deepEqual(rows.map((row) => Object.values(row)), [["a", "port taken", "odd"]]);
  }));

Deno.test("SqliteStore refuses a database that another process has open", () =>
  inDirectory(async (path) => {
    const { store } = await SqliteStore.open(path, "x");
    await assert.rejects(SqliteStore.open(path, "x"), DatabaseInUse);
    await store.write({ ...NOTHING, put: [{ callId: "a", text: "1" }] });
    await store.close();
    assert.deepEqual(await kept(path), [{ callId: "a", text: "1" }]);
  }));

async function setAside(fill: (path: string) => void, why: RegExp): Promise<void> {
  await inDirectory(async (path, dir) => {
    await Deno.mkdir(`${dir}/state`);
    fill(path);
    const before = await Deno.readFile(path);
    const { store, notice } = await SqliteStore.open(path, "20260101");
    assert.match(notice ?? "", why);
    assert.deepEqual(store.load(), []);
    await store.write({ ...NOTHING, put: [{ callId: "a", text: "1" }] });
    await store.close();
    assert.deepEqual(await Deno.readFile(`${path}.20260101`), before);
    assert.deepEqual(await kept(path), [{ callId: "a", text: "1" }]);
    // a second one of the same moment does not replace the first
    fill(path);
    const again = await SqliteStore.open(path, "20260101");
    await again.store.close();
    assert.deepEqual(await Deno.readFile(`${path}.20260101`), before);
    assert.ok((await Deno.stat(`${path}.20260101-2`)).isFile);
  });
}

Deno.test("SqliteStore sets a file aside that is no database", () =>
  setAside((path) => Deno.writeTextFileSync(path, "x".repeat(5000)), /not a database/));

Deno.test("SqliteStore sets another program's database aside", () =>
  setAside((path) => {
    Deno.writeFileSync(path, new Uint8Array());
    const database = new DatabaseSync(path);
    database.exec("CREATE TABLE phone (number TEXT)");
    database.close();
  }, /another program's database/));

Deno.test("SqliteStore sets a database of a later version aside", () =>
  setAside((path) => {
    Deno.writeFileSync(path, new Uint8Array());
    const database = new DatabaseSync(path);
    database.exec(
      "CREATE TABLE call (x); PRAGMA application_id = 0x52545045; PRAGMA user_version = 99",
    );
    database.close();
  }, /version 99/));

Deno.test("SqliteStore sets a damaged database aside", () =>
  setAside((path) => {
    Deno.writeFileSync(path, new Uint8Array());
    const database = new DatabaseSync(path);
    database.exec("CREATE TABLE call (call_id TEXT PRIMARY KEY, snapshot TEXT)");
    const put = database.prepare("INSERT INTO call VALUES (?, ?)");
    for (let i = 0; i < 200; i++) put.run(`call ${i}`, "x".repeat(200));
    database.exec("PRAGMA application_id = 0x52545045; PRAGMA user_version = 1");
    database.close();
    const bytes = Deno.readFileSync(path);
    for (let at = 4096; at < bytes.length; at += 512) bytes.fill(0xa5, at, at + 64);
    Deno.writeFileSync(path, bytes);
  }, /malformed|page|Tree|cell/i));

Deno.test("SqliteStore says so when the directory cannot be made", async () => {
  await assert.rejects(SqliteStore.open("/proc/none/calls.db", "x"));
});

Deno.test("SqliteStore reports a batch that cannot be written and goes on", () =>
  inDirectory(async (path) => {
    const { store } = await SqliteStore.open(path, "x");
    const odd = { ...NOTHING, put: [{ callId: "a", text: "1" }, { callId: "b", text: Symbol() }] };
    // deno-lint-ignore no-explicit-any
    await assert.rejects(store.write(odd as any));
    const wrong = { ...NOTHING, put: [{ callId: "a", text: "1" }, { callId: "b", text: {} }] };
    // deno-lint-ignore no-explicit-any
    await assert.rejects(store.write(wrong as any));
    await store.write({ ...NOTHING, put: [{ callId: "c", text: "1" }] });
    await store.close();
    assert.deepEqual(await kept(path), [{ callId: "c", text: "1" }]);
  }));
