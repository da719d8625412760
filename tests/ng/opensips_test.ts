/**
 * OpenSIPS' rtpengine module, which is in no Debian archive: its messages as logs of production systems show
 * them. It takes the flag string apart itself, numbers its cookies `PID_RANDOM_SEQUENCE`, asks five times
 * under one cookie, reads 64 KiB at most, and looks for another relay only at errors it knows by their text.
 *
 * @module
 */

import assert from "node:assert/strict";
import { decodeBencode, encodeBencode } from "../../src/ng/bencode.ts";
import type { NgDict, ReplyDict } from "../../src/ng/types.ts";
import { UdpClient } from "./clients.ts";
import { startDaemon } from "./daemon.ts";
import { bytes } from "./rig.ts";

/** Attempts of the module to get one answer. */
const TRIES = 5;
/** Its receive buffer, bytes. */
const BUFFER = 65_536;

function sdp(port: number): string {
  return "v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n" +
    `m=audio ${port} RTP/AVP 8 0\r\n`;
}

const CALL = {
  "call-id": "opensips-1@198.51.100.9",
  "via-branch": "z9hG4bK5f66.0d85.0",
  "received-from": ["IP4", "198.51.100.9"],
  "from-tag": "as1679b510",
};

/** `rtpengine_offer("RTP/AVP replace-origin replace-session-connection trust-address ICE=remove …")`. */
const OFFER: ReplyDict = {
  "sdp": sdp(12_898),
  "ICE": "remove",
  "direction": ["inside", "outside"],
  "flags": ["trust-address", "port-latching", "force", "symmetric"],
  "replace": ["origin", "session-connection"],
  "transport-protocol": "RTP/AVP",
  "rtcp-mux": ["demux"],
  ...CALL,
  "command": "offer",
};

const ANSWER: ReplyDict = {
  "sdp": sdp(4_000),
  "ICE": "remove",
  "flags": ["trust-address"],
  "replace": ["origin", "session-connection"],
  "transport-protocol": "RTP/AVP",
  ...CALL,
  "to-tag": "gK0c1b",
  "command": "answer",
};

/** Asks as the module does and takes the reply apart as strictly. */
function module(client: UdpClient): (request: ReplyDict) => Promise<NgDict> {
  let sequence = 0;
  return async (request) => {
    const message = `4711_1804289383_${++sequence} ${encodeBencode(request)}`;
    const replies: string[] = [];
    for (let i = 0; i < TRIES; i++) replies.push(await client.ask(message));
    assert.equal(new Set(replies).size, 1, "an attempt was answered differently");
    const [reply = ""] = replies;
    assert.ok(reply.length < BUFFER, `${reply.length} bytes`);
    const [cookie = ""] = message.split(" ", 1);
    assert.ok(reply.startsWith(`${cookie} d`), reply);
    const payload = bytes(reply.slice(cookie.length + 1));
    const { value, end } = decodeBencode(payload);
    assert.equal(end, payload.length, "bytes after the reply");
    return value;
  };
}

const INTERFACES = ["--interface=inside/127.0.0.2", "--interface=outside/127.0.0.3"];

Deno.test("OpenSIPS makes, asks about and ends a call", async () => {
  await using daemon = await startDaemon(INTERFACES);
  await using client = await UdpClient.connect(daemon.ng);
  const ask = module(client);
  assert.equal((await ask({ command: "ping" })).get("result"), "pong");
  const offered = await ask(OFFER);
  assert.equal(offered.get("result"), "ok");
  const written = String(offered.get("sdp"));
  assert.match(written, /^c=IN IP4 127\.0\.0\.3\r$/m);
  assert.match(written, /^o=.* IN IP4 127\.0\.0\.3\r$/m);
  assert.match(written, /^m=audio \d+ RTP\/AVP 8 0\r$/m);
  const answered = await ask(ANSWER);
  assert.match(String(answered.get("sdp")), /^c=IN IP4 127\.0\.0\.2\r$/m);
  const query = await ask({ ...CALL, command: "query" });
  const tags = query.get("tags");
  assert.ok(tags instanceof Map);
  assert.deepEqual([...tags.keys()], ["as1679b510", "gK0c1b"]);
  const { "via-branch": _branch, ...dialogue } = CALL;
  const gone = await ask({ ...dialogue, "to-tag": "gK0c1b", "delete-delay": 0, command: "delete" });
  assert.equal(gone.get("result"), "ok");
  assert.ok(gone.get("totals") instanceof Map);
  assert.deepEqual((await ask({ command: "list" })).get("calls"), []);
});

Deno.test("OpenSIPS may leave words of its own among the flags", async () => {
  await using daemon = await startDaemon(INTERFACES);
  await using client = await UdpClient.connect(daemon.ng);
  const ask = module(client);
  const flags = ["internal", "external", "in-iface=x", "auto-bridge", "directional"];
  const { direction: _direction, ...plain } = OFFER;
  assert.equal((await ask({ ...plain, flags })).get("result"), "ok");
});

Deno.test("OpenSIPS reads why a call is refused, since it knows no load limit", async () => {
  await using daemon = await startDaemon([...INTERFACES, "--max-sessions=0"]);
  await using client = await UdpClient.connect(daemon.ng);
  const refused = await module(client)(OFFER);
  assert.equal(refused.get("result"), "error");
  assert.equal(refused.get("error-reason"), "Parallel session limit reached");
});

Deno.test("OpenSIPS reads that ports have run out", async () => {
  await using daemon = await startDaemon([...INTERFACES, "--port-min=20000", "--port-max=20001"]);
  await using client = await UdpClient.connect(daemon.ng);
  const ask = module(client);
  assert.equal((await ask(OFFER)).get("result"), "ok");
  const refused = await ask({ ...OFFER, "call-id": "opensips-2@198.51.100.9" });
  assert.equal(refused.get("error-reason"), "Ran out of ports");
});
