/**
 * What every reply must look like.
 *
 * @module
 */

import { decodeBencode } from "../../src/ng/bencode.ts";
import { decodeJson } from "../../src/ng/json.ts";
import { toBytes } from "../../src/core/bytes.ts";
import type { NgDict } from "../../src/ng/types.ts";

/** Counts of what came back. */
export interface Outcome {
  ok: number;
  error: number;
  /** Messages that rightly got no answer. */
  silent: number;
}

/** Decodes the payload of a reply, to the last byte. */
export function readReply(payload: string): NgDict {
  const bytes = toBytes(payload);
  if (payload.startsWith("{")) return decodeJson(bytes);
  const { value, end } = decodeBencode(bytes);
  if (end !== bytes.length) throw new Error(`bytes after the reply: ${JSON.stringify(payload)}`);
  return value;
}

/**
 * Checks a reply and counts it.
 *
 * @throws {Error} when it is neither a success nor an error with a reason, or blames ourselves
 */
export function checkReply(payload: string, request: string, outcome: Outcome): void {
  const blame = (what: string): Error => {
    return new Error(
      `${what}\n  request ${JSON.stringify(request)}\n  reply ${JSON.stringify(payload)}`,
    );
  };
  let reply: NgDict;
  try {
    reply = readReply(payload);
  } catch (error) {
    throw blame(`reply cannot be read: ${error}`);
  }
  const result = reply.get("result");
  const reason = reply.get("error-reason");
  if (result === "error") {
    if (typeof reason !== "string" || reason === "") throw blame("error without a reason");
    if (reason === "Internal error") throw blame("a bug was hit");
    outcome.error++;
  } else if (result === "ok" || result === "pong" || result === "load limit") {
    outcome.ok++;
  } else {
    throw blame("reply without a result");
  }
}
