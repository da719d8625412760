/**
 * The command `list`.
 *
 * @module
 */

import type { NgRequest } from "../ng/request.ts";
import { NgError, type ReplyDict } from "../ng/types.ts";
import type { CallContext } from "./context.ts";

const DEFAULT_LIMIT = 32;

/** Executes `list`: call-ids, at most `limit` of them. */
export function list({ calls }: CallContext, request: NgRequest): ReplyDict {
  const limit = request.limit ?? DEFAULT_LIMIT;
  if (limit < 0) throw new NgError("invalid limit, must be >= 0");
  const ids: string[] = [];
  for (const call of calls.all()) {
    if (ids.length >= limit) break;
    ids.push(call.callId, ...call.aliases);
  }
  ids.splice(limit);
  return { calls: ids, result: "ok" };
}
