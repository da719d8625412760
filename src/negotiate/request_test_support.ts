/**
 * Requests for unit tests.
 *
 * @module
 */

import type { NgRequest } from "../ng/request.ts";
import { parseRequest } from "../ng/schema.ts";
import type { NgValue } from "../ng/types.ts";

const HOME = { family: 4, address: "127.0.0.1", port: 2223 } as const;

/** An offer with these keys. */
export function request(keys: { readonly [key: string]: string | string[] } = {}): NgRequest {
  const dict = new Map<string, NgValue>([["command", "offer"], ...Object.entries(keys)]);
  return parseRequest(dict, { transport: "udp", peer: HOME, local: HOME });
}
