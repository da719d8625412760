/**
 * From a decoded dictionary to a typed request. Whatever nobody understands is listed in
 * `NgRequest.unknown`, never refused.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { applyKey } from "./key_table.ts";
import type { NgRequest } from "./request.ts";
import { RequestDraft } from "./request_draft.ts";
import { type NgDict, NgError, type NgSource } from "./types.ts";

/**
 * The value of `command`.
 *
 * @throws {NgError} when there is none
 */
export function commandOf(dict: NgDict): ByteString {
  const command = dict.get("command");
  if (typeof command !== "string") {
    throw new NgError('Dictionary contains no key "command"');
  }
  return command;
}

/**
 * Builds the typed request.
 *
 * @throws {NgError} when there is no command
 */
export function parseRequest(dict: NgDict, source: NgSource): NgRequest {
  const draft = new RequestDraft(commandOf(dict), source, dict);
  for (const [key, value] of dict) applyKey(draft, key, value);
  draft.expandShorthands();
  return draft;
}
