/**
 * Values of the ng protocol: what a decoded message is made of and what a handler returns. Strings are
 * {@link ByteString}s (one char per byte) in both encodings.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Endpoint } from "../core/endpoint.ts";

/** A decoded bencode or JSON value. JSON floats arrive as strings, booleans as 0/1, null as "". */
export type NgValue = ByteString | number | bigint | NgValue[] | NgDict;
/** A decoded dictionary; keys keep their order. */
export type NgDict = Map<ByteString, NgValue>;

/** A value to be encoded; floats travel as strings in bencode and as numbers in JSON. */
export type ReplyValue =
  | ByteString
  | number
  | bigint
  | readonly ReplyValue[]
  | ReadonlyMap<ByteString, ReplyValue>
  | { readonly [key: string]: ReplyValue | undefined };
/** A reply dictionary; `undefined` members are left out. */
export type ReplyDict = { readonly [key: string]: ReplyValue | undefined };

/** Wire encoding of a message. */
export type NgEncoding = "bencode" | "json";

/** Transport a request came over. */
export type NgTransport = "udp" | "tcp" | "http" | "https" | "ws" | "wss";

/** Where a request came from. */
export interface NgSource {
  readonly transport: NgTransport;
  readonly peer: Endpoint;
  readonly local: Endpoint;
}

/**
 * An error that becomes `{"result":"error","error-reason":reason}`. Throwing it means that nothing was
 * changed.
 */
export class NgError extends Error {
  override readonly name = "NgError";
  constructor(readonly reason: string, options?: ErrorOptions) {
    super(reason, options);
  }
}

/** Call limits reached: `load limit` for clients that support it, an error otherwise. */
export class LoadLimit extends Error {
  override readonly name = "LoadLimit";
  constructor(readonly limit: string) {
    super(limit);
  }
}
