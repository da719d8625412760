/**
 * The _ng_ control protocol without its sockets: codecs, request schema, cookie cache, dispatcher. Owns what
 * a message looks like and what each of its words is called; knows neither transports nor calls.
 *
 * @module
 */

export type { ByteString } from "../core/bytes.ts";
export type { Clock } from "../core/clock.ts";
export type { Endpoint, Family } from "../core/endpoint.ts";
export type { AttributeEdit } from "./attribute_edits.ts";
export * from "./bencode.ts";
export * from "./cookie_cache.ts";
export * from "./dispatcher.ts";
export * from "./errors.ts";
export { COMMANDS } from "./command_table.ts";
export { FLAGS } from "./flag_table.ts";
export * from "./json.ts";
export * from "./limits.ts";
export * from "./message.ts";
export * from "./request.ts";
export * from "./scanner.ts";
export * from "./schema.ts";
export type { Templates } from "./request_draft.ts";
export * from "./types.ts";
export type { Word, WordTable } from "./word.ts";
export type { Part } from "../core/part.ts";
