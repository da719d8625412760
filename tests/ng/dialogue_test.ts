/**
 * Requirements B2-16 and B2-18 to B2-20: what a dialogue looks like to a control client, with the whole
 * daemon.
 *
 * @module
 */

import assert from "node:assert/strict";
import { COMMANDS } from "../../src/ng/command_table.ts";
import { decodeBencode } from "../../src/ng/bencode.ts";
import { encodeBencode } from "../../src/ng/bencode.ts";
import type { NgDict, NgValue, ReplyDict } from "../../src/ng/types.ts";
import { SocketClient, StreamClient, UdpClient } from "./clients.ts";
import { startDaemon } from "./daemon.ts";
import { bytes } from "./rig.ts";

function sdp(port: number): string {
  return "v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n" +
    `m=audio ${port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n`;
}

function control(client: UdpClient): (request: ReplyDict) => Promise<NgDict> {
  let count = 0;
  return async (request) => {
    const cookie = `d${count++}`;
    const reply = await client.ask(`${cookie} ${encodeBencode(request)}`);
    assert.ok(reply.startsWith(`${cookie} d`), reply);
    return decodeBencode(bytes(reply.slice(cookie.length + 1))).value;
  };
}

function text(dict: NgDict, key: string): string {
  const value = dict.get(key);
  assert.equal(typeof value, "string", `${key} of ${[...dict.keys()]}`);
  return value as string;
}

function dict(value: NgValue | undefined): NgDict {
  assert.ok(value instanceof Map, `not a dictionary: ${value}`);
  return value;
}

function mediaPort(reply: NgDict): string {
  return /m=audio (\d+) /.exec(text(reply, "sdp"))?.[1] ?? "none";
}

Deno.test("B2-16 an offer sent again keeps its ports, forks get their own answers", async () => {
  await using daemon = await startDaemon();
  await using client = await UdpClient.connect(daemon.ng);
  const ask = control(client);
  const base = { "call-id": "b2-16", "from-tag": "f", "via-branch": "br1" };
  const offer = { command: "offer", ...base, sdp: sdp(4000) };
  const first = await ask(offer);
  assert.equal(text(first, "result"), "ok");
  const again = await ask(offer);
  assert.equal(mediaPort(again), mediaPort(first));
  const answer = { command: "answer", ...base, "to-tag": "t1", sdp: sdp(5000) };
  const answered = await ask(answer);
  assert.equal(text(answered, "result"), "ok");
  assert.notEqual(mediaPort(answered), mediaPort(first));
  assert.equal(mediaPort(await ask(answer)), mediaPort(answered));
  assert.equal(mediaPort(await ask({ ...offer, "to-tag": "t1" })), mediaPort(first));

  const missing = { command: "delete", "call-id": "nobody" };
  const warning = "Call-ID not found or tags didn't match";
  assert.equal(text(await ask(missing), "warning"), warning);
  assert.equal(text(await ask({ ...missing, flags: ["fatal"] }), "error-reason"), warning);
  // No to-tag is needed, and 0 means now.
  const gone = await ask({ command: "delete", "call-id": "b2-16", "delete-delay": 0 });
  assert.equal(text(gone, "result"), "ok");
  assert.equal(
    text(await ask({ command: "query", "call-id": "b2-16" }), "error-reason"),
    "Unknown call-id",
  );
  const list = await ask({ command: "list" });
  assert.deepEqual(list.get("calls"), []);
});

Deno.test("B2-18 query and delete have the names that Kamailio reads", async () => {
  await using daemon = await startDaemon();
  await using client = await UdpClient.connect(daemon.ng);
  const ask = control(client);
  const base = { "call-id": "b2-18", "from-tag": "f" };
  await ask({ command: "offer", ...base, label: "caller", sdp: sdp(4000) });
  await ask({ command: "answer", ...base, "to-tag": "t", sdp: sdp(5000) });
  const query = await ask({ command: "query", "call-id": "b2-18" });
  const deleted = await ask({ command: "delete", "call-id": "b2-18", "delete-delay": 0 });
  for (const reply of [query, deleted]) {
    assert.equal(text(reply, "result"), "ok");
    assert.equal(typeof reply.get("created"), "number");
    const totals = dict(reply.get("totals"));
    for (const kind of ["RTP", "RTCP"]) {
      const counters = dict(totals.get(kind));
      for (const counter of ["packets", "bytes", "errors"]) assert.equal(counters.get(counter), 0);
    }
    const tags = dict(reply.get("tags"));
    assert.deepEqual([...tags.keys()].sort(), ["f", "t"]);
    const caller = dict(tags.get("f"));
    assert.equal(text(caller, "tag"), "f");
    assert.equal(text(caller, "label"), "caller");
    const medias = caller.get("medias") as NgValue[];
    const media = dict(medias[0]);
    assert.equal(media.get("index"), 1);
    assert.equal(text(media, "type"), "audio");
    assert.equal(text(media, "protocol"), "RTP/AVP");
    const stream = dict((media.get("streams") as NgValue[])[0]);
    assert.equal(typeof stream.get("local port"), "number");
    const endpoint = dict(stream.get("endpoint"));
    assert.equal(text(endpoint, "family"), "IPv4");
    assert.equal(text(endpoint, "address"), "198.51.100.1");
    assert.equal(endpoint.get("port"), 4000);
    const stats = dict(stream.get("stats"));
    for (const counter of ["packets", "bytes", "errors"]) assert.equal(stats.get(counter), 0);
  }
});

Deno.test("B2-19 commands of later parts say which one, unknown ones in rtpengine's words", async () => {
  await using daemon = await startDaemon();
  await using client = await UdpClient.connect(daemon.ng);
  const ask = control(client);
  const later = Object.keys(COMMANDS).filter((name) => COMMANDS[name]!.part !== undefined);
  assert.ok(later.includes("play media"));
  for (const command of later) {
    const reply = await ask({ command, "call-id": "x", "from-tag": "f" });
    const reason = `'${command}' needs ${COMMANDS[command]!.part}, which is not part of this build`;
    assert.equal(text(reply, "error-reason"), reason);
  }
  const reply = await ask({ command: "frobnicate", "call-id": "x", "from-tag": "f" });
  assert.equal(text(reply, "error-reason"), "Unrecognized command");
});

Deno.test("D2-22 a reached limit has rtpengine's words, and calls that exist go on", async () => {
  await using daemon = await startDaemon(["--max-sessions=1"]);
  await using client = await UdpClient.connect(daemon.ng);
  const ask = control(client);
  const offer = (callId: string) => ({
    "command": "offer",
    "call-id": callId,
    "from-tag": "f",
    "sdp": sdp(4000),
  });
  assert.equal(text(await ask(offer("one")), "result"), "ok");
  const plain = await ask(offer("two"));
  assert.equal(text(plain, "result"), "error");
  assert.equal(text(plain, "error-reason"), "Parallel session limit reached");
  const supporting = await ask({ ...offer("two"), supports: ["load limit"] });
  assert.equal(text(supporting, "result"), "load limit");
  assert.equal(text(supporting, "message"), "Parallel session limit reached");
  assert.equal(text(await ask(offer("one")), "result"), "ok");
  assert.deepEqual((await ask({ command: "list" })).get("calls"), ["one"]);
});

Deno.test("B2-20 nothing is ever sent that was not asked for", async () => {
  await using daemon = await startDaemon();
  using stream = await StreamClient.connect(daemon.tcp);
  using socket = await SocketClient.connect(
    `ws://127.0.0.1:${daemon.http.port}/`,
    "ng.rtpengine.com",
  );
  await using client = await UdpClient.connect(daemon.ng);
  const ask = control(client);
  const base = { "call-id": "b2-20", "from-tag": "f" };
  await ask({ command: "offer", ...base, sdp: sdp(4000) });
  await ask({ command: "answer", ...base, "to-tag": "t", sdp: sdp(5000) });
  await ask({ command: "delete", ...base, "delete-delay": 0 });
  await stream.send("s d7:command4:pinge");
  await stream.expect("s d6:result4:ponge");
  assert.equal(await socket.ask("w d7:command4:pinge"), "w d6:result4:ponge");
  await client.assertQuiet();
});
