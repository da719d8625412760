/**
 * From a decoded dictionary to a typed request. Whatever nobody understands is listed in
 * `NgRequest.unknown`, never refused.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { applyKey, applyTemplate } from "./apply_key.ts";
import type { NgRequest } from "./request.ts";
import { RequestDraft, type Templates } from "./request_draft.ts";
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

const NO_TEMPLATES: Templates = new Map();

/**
 * Builds the typed request. Of the templates the one called `default` comes first, then the one called like
 * the command, then the message.
 *
 * @param templates flag strings of the configuration by name
 * @throws {NgError} when there is no command
 */
export function parseRequest(
  dict: NgDict,
  source: NgSource,
  templates: Templates = NO_TEMPLATES,
): NgRequest {
  const draft = new RequestDraft(commandOf(dict), source, dict, templates);
  for (const name of ["default", draft.command]) {
    if (templates.has(name)) applyTemplate(draft, name);
  }
  // a pair for each key would be the largest part of what a request leaves behind
  dict.forEach((value, key) => applyKey(draft, key, value));
  draft.expandShorthands();
  return draft;
}
