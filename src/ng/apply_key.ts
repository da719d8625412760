/**
 * Finds a key and applies it, one by one or out of a flag string.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { type Apply, withTexts } from "./key_apply.ts";
import { KEY_ALIASES, KEY_TABLE } from "./key_table.ts";
import { findPrefix } from "./flag_table.ts";
import { itemsOf, type RequestDraft } from "./request_draft.ts";
import { parseFlagString } from "./rtpp_flags.ts";
import type { NgValue } from "./types.ts";
import { TRANSPORT_PROTOCOLS } from "./value_table.ts";
import { fold } from "./vocabulary.ts";

/** Keys that hold other keys, or nothing to apply. */
const SPECIAL: Readonly<Record<string, Apply>> = {
  "command": () => true,
  "rtpp-flags": withTexts(applyFlagString),
  "template": withTexts(applyTemplate),
};

const KEYS = new Map<string, Apply>();

for (const [name, key] of Object.entries(KEY_TABLE)) {
  const apply = SPECIAL[name] ?? key.apply ?? keep(name);
  register(name, key.part === undefined ? apply : deferred(name, apply));
}
for (const [alias, name] of Object.entries(KEY_ALIASES)) register(alias, KEYS.get(name)!);

function keep(name: string): Apply {
  return (draft, value) => {
    draft.keep(name, value);
    return true;
  };
}

function deferred(name: string, apply: Apply): Apply {
  return (draft, value) => {
    draft.defer(name, KEY_TABLE[name]);
    return apply(draft, value);
  };
}

function register(name: string, apply: Apply): void {
  KEYS.set(name, apply);
  KEYS.set(name.replaceAll(" ", "-"), apply);
  KEYS.set(fold(name), apply);
}

/** Applies one key of the dictionary. */
export function applyKey(draft: RequestDraft, key: string, value: NgValue): void {
  const apply = KEYS.get(key) ?? KEYS.get(fold(key));
  if (apply === undefined) draft.note(`key ${key}`);
  else if (!apply(draft, value)) draft.note(`value of ${key}`);
}

/** `codec-strip=[A B]`: a flag with a prefix whose rest is given as a value. */
function applyPrefixed(draft: RequestDraft, key: string, value: NgValue): boolean {
  const items = KEYS.has(fold(key)) || findPrefix(`${key}-`) === undefined
    ? undefined
    : itemsOf(value);
  for (const item of items ?? []) draft.addFlag(`${key}-${item}`);
  return items !== undefined;
}

/** Applies a flag string of the configuration. */
export function applyTemplate(draft: RequestDraft, name: string): void {
  const found = draft.useTemplate(name, (flagString) => applyFlagString(draft, flagString));
  if (!found) draft.note(`template ${name}`);
}

interface Pieces {
  secure: boolean;
  feedback: boolean;
  dtls: boolean;
}

/** Words that choose the transport protocol piece by piece, and the pieces they set. */
const PIECES: ReadonlyMap<string, Partial<Pieces>> = new Map<string, Partial<Pieces>>([
  ["rtp", { secure: false, dtls: false }],
  ["srtp", { secure: true }],
  ["avp", { feedback: false }],
  ["avpf", { feedback: true }],
  ["dtls", { secure: true, dtls: true }],
]);

/** Applies words and pairs one after the other. */
export function applyFlagString(draft: RequestDraft, flagString: ByteString): void {
  let pieces: Partial<Pieces> | undefined;
  for (const item of parseFlagString(flagString)) {
    if ("key" in item) {
      const key = fold(item.key);
      // given once for each side
      if (key === "direction" && typeof item.value === "string") {
        draft.push("direction", item.value);
        continue;
      }
      if (applyPrefixed(draft, item.key, item.value)) continue;
      if (key === "to-tag") draft.add("flags", "to-tag");
      else if (key === "from-tag") draft.add("flags", "directional");
      applyKey(draft, item.key, item.value);
      continue;
    }
    if ("list" in item) {
      draft.note("list without a key");
      continue;
    }
    const piece = PIECES.get(fold(item.word));
    const protocol = TRANSPORT_PROTOCOLS.find(item.word);
    if (piece !== undefined) pieces = { ...pieces, ...piece };
    else if (protocol !== undefined && protocol !== "accept") draft.transportProtocol = protocol;
    else if (/^(internal|external)$/i.test(item.word)) draft.push("direction", fold(item.word));
    else draft.addFlag(item.word);
  }
  if (pieces === undefined) return;
  const { secure = false, feedback = false, dtls = false } = pieces;
  draft.transportProtocol ??= `${dtls ? "UDP/TLS/" : ""}RTP/${secure ? "S" : ""}AVP${
    feedback ? "F" : ""
  }`;
}
