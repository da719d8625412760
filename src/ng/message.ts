/**
 * The envelope `cookie SP payload` and the choice between bencode and JSON.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { fromBytes } from "../core/bytes.ts";
import { ByteSlab } from "../core/byte_slab.ts";
import { decodeBencode, encodeBencode } from "./bencode.ts";
import { DecodeError } from "./errors.ts";
import { decodeJson, encodeJson } from "./json.ts";
import type { NgDict, NgEncoding, ReplyDict } from "./types.ts";
import { NgError } from "./types.ts";

const SPACE = 0x20;
const BRACE = 0x7b;
const LETTER_D = 0x64;

/** A message taken apart. */
export interface Envelope {
  /** At least one byte, none of them a space. */
  readonly cookie: ByteString;
  /** View into the message. */
  readonly payload: Uint8Array;
}

/**
 * Splits a message at its first space.
 *
 * @returns undefined when there is no cookie; such a message cannot be answered
 */
export function openEnvelope(message: Uint8Array): Envelope | undefined {
  const space = message.indexOf(SPACE);
  if (space <= 0) return undefined;
  return { cookie: fromBytes(message.subarray(0, space)), payload: message.subarray(space + 1) };
}

/** Replies are kept for the same time. */
const slab = new ByteSlab();

/** Bytes of a reply; without `cookie` just the payload. */
export function sealEnvelope(cookie: ByteString | undefined, payload: ByteString): Uint8Array {
  return slab.bytes(cookie === undefined ? payload : `${cookie} ${payload}`);
}

/** Encoding of a payload by its first byte; bencode when it is neither. */
export function encodingOf(payload: Uint8Array): NgEncoding {
  return payload[0] === BRACE ? "json" : "bencode";
}

/**
 * Decodes a payload in either encoding.
 *
 * @throws {NgError} with the reason to answer
 */
export function decodePayload(payload: Uint8Array): NgDict {
  const first = payload[0];
  if (first === undefined) throw new NgError("Invalid data (no payload)");
  if (first !== LETTER_D && first !== BRACE) throw new NgError("Invalid NG data format");
  try {
    return first === BRACE ? decodeJson(payload) : decodeBencode(payload).value;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new NgError(
      first === BRACE ? "Failed to parse JSON document" : "Could not decode bencode dictionary",
      { cause: error },
    );
  }
}

/** Encodes a reply dictionary. */
export function encodePayload(reply: ReplyDict, encoding: NgEncoding): ByteString {
  return encoding === "json" ? encodeJson(reply) : encodeBencode(reply);
}
