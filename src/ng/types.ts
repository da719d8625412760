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
  /** How it came. */
  readonly transport: NgTransport;
  /** Address of the client. */
  readonly peer: Endpoint;
  /** Address the client asked. */
  readonly local: Endpoint;
  /** The client's credential is good for calls only, not for the control tree; absent = for everything. */
  readonly callsOnly?: true;
}

/**
 * An error that becomes `{"result":"error","error-reason":reason}`. Throwing it means that nothing was
 * changed.
 */
export class NgError extends Error {
  /** Always `NgError`. */
  override readonly name: string = "NgError";

  /** An error with this `error-reason`; a `cause` is for logs only. */
  constructor(
    /** Text of `error-reason`. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** Call limits reached: `load limit` for clients that support it, an error otherwise. */
export class LoadLimit extends Error {
  /** Always `LoadLimit`. */
  override readonly name: string = "LoadLimit";

  /** A refusal because of this limit. */
  constructor(
    /** Text of `message`: `Parallel session limit reached`, `CPU usage limit exceeded`, … */
    readonly limit: string,
  ) {
    super(limit);
  }
}
