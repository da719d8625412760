/**
 * What the tests of this folder share: access over a database in memory, a clock that stands still, and
 * cheap passwords.
 *
 * @module
 */

import { FakeClock } from "../core/clock.ts";
import { Access } from "./access.ts";
import { AccessDatabase } from "./database.ts";
import type { AuditEntry, By } from "./types.ts";

/** A password that is accepted. */
export const PASSWORD = "correct horse battery";
/** The console. */
export const CONSOLE: By = { subject: { kind: "user", name: "root", role: "admin" }, address: "" };

/** What {@link openFixture} makes. */
export interface Fixture extends Disposable {
  readonly access: Access;
  readonly database: AccessDatabase;
  readonly clock: FakeClock;
  /** Every entry of the audit log. */
  readonly entries: Omit<AuditEntry, "number">[];
}

/** Access without users. */
export function openFixture(): Fixture {
  const database = AccessDatabase.inMemory();
  const clock = new FakeClock();
  const entries: Omit<AuditEntry, "number">[] = [];
  const access = new Access({
    database,
    clock,
    cost: { n: 4, r: 8, p: 1 },
    audited: (entry) => void entries.push(entry),
  });
  return { access, database, clock, entries, [Symbol.dispose]: () => database[Symbol.dispose]() };
}

/** Access with an administrator `ada`. */
export async function openWithAdmin(): Promise<Fixture> {
  const fixture = openFixture();
  await fixture.access.users.create({ name: "ada", role: "admin", password: PASSWORD }, CONSOLE);
  return fixture;
}
