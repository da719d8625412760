/**
 * The audit log: who changed what, from where, what it was and what it became; bounded.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import type { AccessDatabase, AuditQuery } from "./database.ts";
import { actorOf } from "./policy.ts";
import type { AuditEntry, By } from "./types.ts";

/** Changes that are kept. */
export const CHANGES_KEPT = 10_000;
/** Refusals that are kept: apart, so that nobody can push changes out by failing. */
export const REFUSALS_KEPT = 2000;
const MAX_TEXT = 256;
const MAX_JSON = 4096;

/** What happened to what. */
export interface AuditEvent {
  /** `user.create`, `token.revoke`, … */
  readonly action: string;
  /** Name of what was changed. */
  readonly target: string;
  /** What it was; no secrets. */
  readonly before?: unknown;
  /** What it is now; no secrets. */
  readonly after?: unknown;
}

/** Writes and reads the audit log. */
export class AuditLog {
  readonly #database: AccessDatabase;
  readonly #clock: Clock;
  readonly #told: ((entry: Omit<AuditEntry, "number">) => void) | undefined;

  /**
   * A log in a database.
   *
   * @param told hears of every entry as well
   */
  constructor(
    database: AccessDatabase,
    clock: Clock,
    told?: (entry: Omit<AuditEntry, "number">) => void,
  ) {
    this.#database = database;
    this.#clock = clock;
    this.#told = told;
  }

  /** Notes a change. */
  change(by: By, event: AuditEvent): void {
    this.#add("change", by, event, CHANGES_KEPT);
  }

  /** Notes that something was refused. */
  refusal(by: By, event: AuditEvent): void {
    this.#add("refusal", by, event, REFUSALS_KEPT);
  }

  /** Entries, newest first. */
  read(query: AuditQuery): AuditEntry[] {
    return this.#database.audit(query);
  }

  #add(kind: AuditEntry["kind"], by: By, event: AuditEvent, keep: number): void {
    const entry = {
      at: this.#clock.wall(),
      kind,
      actor: cut(actorOf(by.subject), MAX_TEXT),
      address: cut(by.address, MAX_TEXT),
      action: cut(event.action, MAX_TEXT),
      target: cut(event.target, MAX_TEXT),
      before: json(event.before),
      after: json(event.after),
    };
    this.#database.addAudit(entry, keep);
    this.#told?.(entry);
  }
}

function json(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value);
  return text.length <= MAX_JSON ? text : JSON.stringify({ cut: text.slice(0, MAX_JSON - 64) });
}

/** Bounded, and in one piece: nothing in it ends a line or a string of SQLite. */
function cut(text: string, max: number): string {
  // deno-lint-ignore no-control-regex
  return text.slice(0, max).replaceAll(/[\x00-\x1f\x7f]/g, "\ufffd");
}
