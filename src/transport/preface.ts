/**
 * The credential of a connection on plain TCP: its first line, `Bearer TOKEN`. Only where one is demanded;
 * nothing else is looked at before it is good.
 *
 * @module
 */

import { bearerToken, OPEN_GUARD, type Permission } from "../access/mod.ts";
import { fromBytes } from "../core/bytes.ts";
import { formatEndpoint } from "../core/endpoint.ts";
import type { StreamConnection } from "./stream_server.ts";
import type { TransportContext } from "./types.ts";

const LINE_FEED = 0x0a;
const MAX_LINE = 256;
const NOTHING = new Uint8Array();

/** What {@link readPreface} found. */
export type Preface =
  | {
    readonly allowed: true;
    /** Everything the client may do. */
    readonly permissions: ReadonlySet<Permission>;
    /** Bytes received after the line. */
    readonly rest: Uint8Array<ArrayBuffer>;
    /** Whether the credential still holds. */
    holds(): boolean;
  }
  | {
    readonly allowed: false;
    /** What is wrong. */
    readonly message: string;
  };

/** Reads the credential of a connection, if one is demanded here. */
export async function readPreface(
  connection: StreamConnection,
  { guard = OPEN_GUARD, limits, log }: TransportContext,
  needed: Permission,
): Promise<Preface> {
  if (!guard.demands) {
    const grant = guard.grant({}, needed);
    if (!grant.allowed) throw new Error("a guard that demands nothing refused");
    return { allowed: true, permissions: grant.permissions, rest: NOTHING, holds: () => true };
  }
  connection.expectWithin(limits.receiveTimeout);
  const buffer = new Uint8Array(MAX_LINE);
  let filled = 0;
  let end = -1;
  // nothing but the beginning of a token is waited for
  while (end < 0 && filled < MAX_LINE && startsAsToken(buffer.subarray(0, filled))) {
    const count = await connection.read(buffer.subarray(filled));
    if (count === null) break;
    filled += count;
    end = buffer.subarray(0, filled).indexOf(LINE_FEED);
  }
  const line = end < 0 ? "" : fromBytes(buffer.subarray(0, end)).trimEnd();
  const presented = { token: bearerToken(line) };
  const grant = guard.grant(presented, needed);
  if (!grant.allowed) {
    log("debug", "A connection was refused", {
      peer: formatEndpoint(connection.peer),
      because: grant.message,
    });
    return { allowed: false, message: grant.message };
  }
  connection.expectWithin(Infinity);
  return {
    allowed: true,
    permissions: grant.permissions,
    rest: buffer.slice(end + 1, filled),
    holds: () => guard.grant(presented, needed).allowed,
  };
}

function startsAsToken(received: Uint8Array): boolean {
  const scheme = "bearer ";
  const text = fromBytes(received.subarray(0, scheme.length)).toLowerCase();
  return scheme.startsWith(text);
}
