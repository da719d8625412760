/**
 * ng clients that are not ours, run in the rig's core.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import {
  decodeMessage,
  encodeMessage,
  frame,
  fromBytes,
  must,
  type NgMessage,
  toBytes,
  unframe,
} from "../support/mod.ts";
import { CONTROL } from "./media_daemon.ts";
import type { Rig } from "./rig.ts";

const NPM_MAIN = fileURLToPath(new URL("npm_client_main.ts", import.meta.url));
const HOST = "127.0.0.1";

/** Sends ng messages one after the other and returns the replies. */
export type Client = (rig: Rig, messages: readonly NgMessage[]) => Promise<readonly NgMessage[]>;

/** npm `rtpengine-client` over one of its transports. */
export function npmClient(transport: "udp" | "tcp" | "ws"): Client {
  const port = transport === "ws" ? CONTROL.http : CONTROL[transport];
  return async (rig, messages) => {
    const argv = [Deno.execPath(), "run", "-A", "--no-check", NPM_MAIN];
    const printed = await must(rig.core.ns.argv([...argv, transport, HOST, String(port)]), {
      stdin: JSON.stringify(messages),
      timeout: 20_000,
    });
    const line = printed.split("\n").find((text) => text.startsWith("REPLIES "));
    if (line === undefined) throw new Error(`npm rtpengine-client printed no replies: ${printed}`);
    return JSON.parse(line.slice("REPLIES ".length));
  };
}

/** curl, posting JSON without a cookie to `/ng-plain`. */
export function curlJson(scheme: "http" | "https"): Client {
  return (rig, messages) =>
    each(messages, async (message) => {
      const answer = await post(rig, scheme, "/ng-plain", "application/json", toText(message));
      return decodeMessage(toBytes(answer));
    });
}

/** curl, posting bencode with a cookie to `/ng`. */
export function curlBencode(scheme: "http" | "https"): Client {
  return (rig, messages) =>
    each(messages, async (message) => {
      const cookie = crypto.randomUUID();
      const type = "application/x-rtpengine-ng";
      const body = fromBytes(frame(cookie, message));
      const reply = unframe(toBytes(await post(rig, scheme, "/ng", type, body)));
      if (reply.cookie !== cookie) throw new Error(`Cookie ${reply.cookie} is not ${cookie}`);
      return reply.message;
    });
}

function toText(message: NgMessage): string {
  return fromBytes(encodeMessage(message, "json"));
}

async function each(
  messages: readonly NgMessage[],
  send: (message: NgMessage) => Promise<NgMessage>,
): Promise<NgMessage[]> {
  const replies: NgMessage[] = [];
  for (const message of messages) replies.push(await send(message));
  return replies;
}

async function post(
  rig: Rig,
  scheme: "http" | "https",
  path: string,
  type: string,
  body: string,
): Promise<string> {
  const url = `${scheme}://${HOST}:${CONTROL[scheme]}${path}`;
  return await must(
    rig.core.ns.argv(
      ["curl", "-sS", "--fail", "--max-time", "5", "--cacert", rig.folder.path("cert.pem")].concat(
        ["-H", `Content-Type: ${type}`, "--data-binary", "@-", url],
      ),
    ),
    { stdin: body },
  );
}
