/**
 * Operations that speak ng for a person: keeping media back, and any command at all.
 *
 * @module
 */

import { fromText } from "../../core/bytes.ts";
import {
  COMMANDS,
  decodePayload,
  encodePayload,
  type NgDict,
  type NgSource,
  type ReplyDict,
} from "../../ng/mod.ts";
import { CALL_PATH, noCall } from "./call_operations.ts";
import { findCall, jsonOf, textOf } from "./call_report.ts";
import { type Operation, operation, type RequestContext } from "./operation.ts";
import { Problem } from "./problem.ts";
import { anything, boolean, number, object, oneOf, optional, string } from "./schema.ts";

const WORDS = {
  media: ["block media", "unblock media"],
  silence: ["silence media", "unsilence media"],
  dtmf: ["block DTMF", "unblock DTMF"],
} as const;

/** The operations. */
export const CALL_CONTROL_OPERATIONS: readonly Operation[] = [
  operation({
    id: "blockCall",
    method: "post",
    path: "/calls/{id}/block",
    summary: "Keep media, voices or digits of a call back, or let them pass again",
    needs: "operate",
    params: CALL_PATH,
    body: object({
      what: oneOf(["media", "silence", "dtmf"], "silence: packets go on with silence in them"),
      blocked: boolean(),
      tag: optional(string({ max: 1024, about: "only of this party" })),
    }),
    async run(context, { params, body }) {
      const { services, by } = context;
      const call = findCall(services.calls, params.id) ?? noCall();
      const command = WORDS[body.what][body.blocked ? 0 : 1];
      const tag = body.tag === undefined ? {} : { "from-tag": fromText(body.tag) };
      await carryOut(context, { command, "call-id": call.callId, ...tag });
      services.access.audit.change(by, {
        action: `call.${body.blocked ? "block" : "unblock"}`,
        target: textOf(call.callId),
        after: { what: body.what, ...(body.tag === undefined ? {} : { tag: body.tag }) },
      });
    },
  }),
  operation({
    id: "sendNg",
    method: "post",
    path: "/ng",
    summary: "Carry out an ng command and give its reply",
    needs: "admin",
    body: object({ message: anything("the dictionary, with command") }),
    response: object({
      reply: anything("the dictionary, with result"),
      milliseconds: number("time it took"),
    }),
    async run(context, { body }) {
      const { services, by } = context;
      const payload = new TextEncoder().encode(JSON.stringify(body.message));
      const { command, callId } = headOf(payload);
      const before = services.clock.now();
      const bytes = await services.ng(payload, sourceOf(by.address));
      const milliseconds = services.clock.now() - before;
      const reply = jsonOf(decodePayload(bytes));
      if (CHANGING.has(command)) {
        services.access.audit.change(by, {
          action: `ng.${command}`,
          target: callId,
          after: { result: (reply as Record<string, unknown>)["result"] },
        });
      }
      return { reply, milliseconds };
    },
  }),
];

/** Commands that change something, as far as one can tell. */
const CHANGING: ReadonlySet<string> = new Set(
  Object.keys(COMMANDS).filter((name) => !["ping", "list", "query", "statistics"].includes(name)),
);

function headOf(payload: Uint8Array): { command: string; callId: string } {
  let message: NgDict;
  try {
    message = decodePayload(payload);
  } catch {
    throw new Problem(422, "bad_input", "body.message is no dictionary", "send { command: … }");
  }
  const text = (key: string): string => {
    const value = message.get(key);
    return typeof value === "string" ? textOf(value) : "";
  };
  return { command: text("command"), callId: text("call-id") };
}

/** @throws Problem with the reason of the error */
async function carryOut(
  { services, by }: RequestContext,
  message: ReplyDict,
): Promise<void> {
  const payload = Uint8Array.from(
    encodePayload(message, "bencode"),
    (character) => character.charCodeAt(0),
  );
  const reply = decodePayload(await services.ng(payload, sourceOf(by.address)));
  if (reply.get("result") === "ok") return;
  const reason = reply.get("error-reason");
  throw new Problem(
    409,
    "refused",
    typeof reason === "string" ? textOf(reason) : "it was refused",
    "look at the call again",
  );
}

/** Who asks, as ng sees it: a client that may act on calls. */
function sourceOf(address: string): NgSource {
  const family = address.includes(":") ? 6 : 4;
  const peer = { family, address, port: 0 } as const;
  return {
    transport: "https",
    peer,
    local: { family: 4, address: "127.0.0.1", port: 0 },
    callsOnly: true,
  };
}
