/**
 * XML-RPC requests that end a dialogue, in the three forms of `xmlrpc-format`.
 *
 * @module
 */

import type { CallView } from "../call/types.ts";
import type { ByteString } from "../core/bytes.ts";

/** `xmlrpc-format`: 0 SEMS, 1 the call-id only, 2 Kamailio's dialog module. */
export type TeardownFormat = 0 | 1 | 2;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
/** What no XML document may contain (XML 1.0 section 2.2). */
// deno-lint-ignore no-control-regex
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f]/g;

function escape(text: ByteString): ByteString {
  return text.replace(/[&<>]/g, (char) => ENTITIES[char]!).replace(FORBIDDEN, "?");
}

function methodCall(method: string, params: readonly ByteString[]): ByteString {
  const values = params.map((param) =>
    `<param><value><string>${escape(param)}</string></value></param>`
  );
  return '<?xml version="1.0" encoding="UTF-8"?><methodCall>' +
    `<methodName>${method}</methodName><params>${values.join("")}</params></methodCall>`;
}

/** Bodies to send for a call, in order; none when it has no dialogue that the form could name. */
export function teardownBodies(format: TeardownFormat, call: CallView): ByteString[] {
  const named = call.participants.filter(({ tag }) => tag !== "");
  switch (format) {
    case 0:
      return named.map(({ tag }) => methodCall("di", ["sbc", "postControlCmd", tag, "teardown"]));
    case 1:
      return [methodCall("teardown", [call.callId])];
    case 2: {
      const from = named[0];
      const to = from?.inDialogueWith;
      if (from === undefined || to === undefined || to === "") return [];
      return [methodCall("dlg.terminate_dlg", [call.callId, from.tag, to])];
    }
  }
}
