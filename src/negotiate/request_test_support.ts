/**
 * Requests for unit tests.
 *
 * @module
 */

import type { NgRequest } from "../ng/request.ts";
import { parseRequest } from "../ng/schema.ts";
import type { NgValue } from "../ng/types.ts";

const HOME = { family: 4, address: "127.0.0.1", port: 2223 } as const;

/** A value as a test writes it. */
export type Written = string | number | readonly Written[] | { readonly [key: string]: Written };

/** An offer with these keys. */
export function request(keys: { readonly [key: string]: Written } = {}): NgRequest {
  const dict = toValue({ command: "offer", ...keys }) as Map<string, NgValue>;
  return parseRequest(dict, { transport: "udp", peer: HOME, local: HOME });
}

/** As a decoder would have read it. */
export function toValue(value: Written): NgValue {
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(toValue);
  return new Map(Object.entries(value).map(([key, item]) => [key, toValue(item)]));
}
