import assert from "node:assert/strict";
import { AccessDatabase } from "./database.ts";

const USER = {
  name: "ada",
  role: "admin",
  password: "x",
  created: 1,
  lastLogin: undefined,
} as const;

async function withFolder(body: (path: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rtpedge-access-" });
  try {
    body(`${folder}/access.db`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("AccessDatabase.open() keeps what was there, for its owner only", async () => {
  await withFolder((path) => {
    {
      using database = AccessDatabase.open(path, "now").database;
      database.addUser(USER);
    }
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o077, 0);
    const { database, notice } = AccessDatabase.open(path, "now");
    using _closed = database;
    assert.equal(notice, undefined);
    assert.equal(database.user("ADA")?.role, "admin");
  });
});

Deno.test("AccessDatabase.open() sets aside what is none of ours", async () => {
  await withFolder((path) => {
    Deno.writeTextFileSync(path, "not a database at all, only some text".repeat(100));
    const { database, notice } = AccessDatabase.open(path, "now");
    using _closed = database;
    assert.match(notice ?? "", /set aside as .*access\.db\.now, its users and tokens are gone/);
    assert.equal(database.countUsers(), 0);
  });
});

Deno.test("AccessDatabase.transaction() undoes everything when something fails", () => {
  using database = AccessDatabase.inMemory();
  assert.throws(() =>
    database.transaction(() => {
      database.addUser(USER);
      throw new Error("no");
    }), /no/);
  assert.equal(database.countUsers(), 0);
});
