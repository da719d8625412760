/**
 * The npm `rtpengine-client` over all its transports, against the listeners.
 *
 * @module
 */

import assert from "node:assert/strict";
import { deno, root } from "../../tools/proc.ts";
import { must } from "../support/process.ts";
import { openRig } from "./rig.ts";

const SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
const REQUESTS = [
  { "command": "ping" },
  { "command": "offer", "call-id": "c1", "from-tag": "f", "sdp": SDP, "flags": ["trust-address"] },
  { "command": "list" },
  { "command": "ping" },
];
const REPLIES = [
  { result: "pong" },
  { sdp: SDP, result: "ok" },
  { result: "error", "error-reason": "Unrecognized command" },
  { result: "pong" },
];

for (const [transport, kind] of [["udp", "udp"], ["tcp", "tcp"], ["ws", "http"]] as const) {
  Deno.test(`npm rtpengine-client works over ${transport}`, async () => {
    await using rig = await openRig();
    const { address, port } = rig[kind];
    const printed = await must([
      ...[deno, "run", "-A", `${root}/tests/interop/npm_client_main.ts`],
      ...[transport, address, String(port)],
    ], { stdin: JSON.stringify(REQUESTS), timeout: 20_000 });
    const line = printed.split("\n").find((text) => text.startsWith("REPLIES "));
    assert.deepEqual(JSON.parse(line?.slice("REPLIES ".length) ?? "null"), REPLIES);
    assert.equal(rig.requests[0]?.source.transport, transport);
  });
}
