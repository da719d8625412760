/**
 * Requirement B2-11 and its like: ng and the control tree over TCP.
 *
 * @module
 */

import assert from "node:assert/strict";
import { StreamClient, within } from "./clients.ts";
import { openRig } from "./rig.ts";

const SDP = "v=0\r\ns=caf\xe9 e}{\r\n";
const REQUESTS = [
  "a_1 d7:command4:pinge",
  'b-2 {"command":"ping","x":"}{\\"d"}',
  `c d3:sdp${SDP.length}:${SDP}7:command5:offere`,
];
const REPLIES = [
  "a_1 d6:result4:ponge",
  'b-2 {"result":"pong"}',
  `c d3:sdp${SDP.length}:${SDP}6:result2:oke`,
];

Deno.test("B2-11 D2-19 messages split at every byte are answered in order", async () => {
  await using rig = await openRig();
  using client = await StreamClient.connect(rig.tcp);
  const stream = REQUESTS.join("");
  for (let cut = 1; cut < stream.length; cut++) {
    await client.send(stream.slice(0, cut));
    await client.send(stream.slice(cut));
    for (const reply of REPLIES) await client.expect(reply);
  }
});

Deno.test("B2-11 a message sent byte by byte is answered", async () => {
  await using rig = await openRig();
  using client = await StreamClient.connect(rig.tcp);
  for (const byte of REQUESTS.join("")) await client.send(byte);
  for (const reply of REPLIES) await client.expect(reply);
});

Deno.test("B2-11 D2-19 many messages in one segment are answered in order", async () => {
  await using rig = await openRig();
  using client = await StreamClient.connect(rig.tcp);
  let stream = "";
  for (let i = 0; i < 500; i++) stream += `${i} d7:command4:pinge`;
  await client.send(stream);
  for (let i = 0; i < 500; i++) await client.expect(`${i} d6:result4:ponge`);
});

Deno.test("B2-11 D2-19 messages of 64 KiB up to 1 MiB go both ways", async () => {
  await using rig = await openRig();
  using client = await StreamClient.connect(rig.tcp);
  for (const size of [65_536, 300_000, 1_000_000]) {
    const value = "\xff".repeat(size);
    await client.send(`c${size} d7:command4:echo5:value${size}:${value}e`);
    await client.expect(`c${size} d5:value${size}:${value}6:result2:oke`);
    await client.send(`j${size} {"command":"echo","value":"${value}"}`);
    await client.expect(`j${size} {"value":"${value}","result":"ok"}`);
  }
});

Deno.test("B2-11 slow commands do not let later replies overtake", async () => {
  await using rig = await openRig();
  using client = await StreamClient.connect(rig.tcp);
  await client.send("1 d7:command4:slowe2 d7:command4:pinge");
  using other = await StreamClient.connect(rig.tcp);
  await other.send("3 d7:command4:pinge");
  await other.expect("3 d6:result4:ponge");
  rig.release();
  await client.expect("1 d4:donei1e6:result2:oke2 d6:result4:ponge");
});

Deno.test("a stream that is no ng gets the reason and its end", async () => {
  await using rig = await openRig();
  const cases: [string, string][] = [
    ["c x", "Invalid NG data format"],
    ["c d-3:", "Could not decode bencode dictionary"],
    ["c d1:a99999999999:", "Could not decode bencode dictionary"],
    [`c d1:a${"l".repeat(1000)}`, "Could not decode bencode dictionary"],
  ];
  for (const [stream, reason] of cases) {
    using client = await StreamClient.connect(rig.tcp);
    await client.send(stream);
    assert.equal(
      await client.readAll(),
      `c d6:result5:error12:error-reason${reason.length}:${reason}e`,
    );
  }
  using client = await StreamClient.connect(rig.tcp);
  await client.send(`c {"a":${"[".repeat(1000)}`);
  assert.match(await client.readAll(), /^c {.*Failed to parse JSON document"}$/);
  using cookieless = await StreamClient.connect(rig.tcp);
  await cookieless.send(" d7:command4:pinge");
  assert.equal(await cookieless.readAll(), "");
});

Deno.test("a message over the limit ends the connection", async () => {
  await using rig = await openRig({ limits: { maxMessage: 10_000 } });
  using client = await StreamClient.connect(rig.tcp);
  await client.send(`c d1:a20000:${"x".repeat(15_000)}`);
  assert.match(await client.readAll(), /Could not decode bencode dictionary/);
});

Deno.test("a message that never ends is given up", async () => {
  await using rig = await openRig({ limits: { receiveTimeout: 300 } });
  using client = await StreamClient.connect(rig.tcp);
  await client.send("c d7:comm");
  assert.equal(await client.readAll(), "");
});

Deno.test("an idle connection stays open", async () => {
  await using rig = await openRig({ limits: { receiveTimeout: 200, sendTimeout: 200 } });
  using client = await StreamClient.connect(rig.tcp);
  await client.send("1 d7:command4:pinge");
  await client.expect("1 d6:result4:ponge");
  await new Promise((resolve) => setTimeout(resolve, 2500));
  await client.send("2 d7:command4:pinge");
  await client.expect("2 d6:result4:ponge");
});

Deno.test("a client that does not read is cut off and holds up nobody", async () => {
  await using rig = await openRig({ limits: { sendTimeout: 300 } });
  using stuck = await StreamClient.connect(rig.tcp);
  const writing = (async () => {
    try {
      for (let i = 0; i < 2000; i++) await stuck.send(`${i} d7:command3:big5:limiti900000ee`);
      return "taken";
    } catch {
      return "cut off";
    }
  })();
  using other = await StreamClient.connect(rig.tcp);
  for (let i = 0; i < 20; i++) {
    await other.send(`other${i} d7:command4:pinge`);
    await other.expect(`other${i} d6:result4:ponge`);
  }
  // Nothing is read: what the socket buffers hold may arrive, then the connection ends.
  await within(
    8000,
    "end of the stuck connection",
    (async () => {
      while (rig.listeners.connections().tcpNg > 1) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })(),
  );
  stuck[Symbol.dispose]();
  assert.match(await writing, /taken|cut off/);
  assert.ok((rig.executed.get("big") ?? 0) < 100, `${rig.executed.get("big")} replies made`);
});

Deno.test("connections are limited in number, in all and per source", async () => {
  await using rig = await openRig({ limits: { maxConnectionsPerSource: 3 } });
  const clients: StreamClient[] = [];
  for (let i = 0; i < 3; i++) {
    const client = await StreamClient.connect(rig.tcp);
    await client.send("1 d7:command4:pinge");
    await client.expect("1 d6:result4:ponge");
    clients.push(client);
  }
  using refused = await StreamClient.connect(rig.tcp);
  assert.equal(await refused.readAll(), "");
  for (const client of clients) client[Symbol.dispose]();
  await within(
    5000,
    "connections to end",
    (async () => {
      while (rig.listeners.connections().tcpNg > 0) await new Promise((r) => setTimeout(r, 10));
    })(),
  );
  using again = await StreamClient.connect(rig.tcp);
  await again.send("1 d7:command4:pinge");
  await again.expect("1 d6:result4:ponge");
});

Deno.test("a thousand reconnects leave nothing behind", async () => {
  await using rig = await openRig();
  for (let i = 0; i < 1000; i++) {
    using client = await StreamClient.connect(rig.tcp);
    await client.send(`${i} d7:command4:pinge`);
    await client.expect(`${i} d6:result4:ponge`);
  }
  await within(
    5000,
    "connections to end",
    (async () => {
      while (rig.listeners.connections().tcpNg > 0) await new Promise((r) => setTimeout(r, 10));
    })(),
  );
});

Deno.test("closing lets the reply under way out", async () => {
  const rig = await openRig();
  using client = await StreamClient.connect(rig.tcp);
  await client.send("1 d7:command4:slowe");
  await within(
    2000,
    "the command",
    (async () => {
      while (rig.executed.get("slow") !== 1) await new Promise((r) => setTimeout(r, 5));
    })(),
  );
  const closing = rig.listeners.close(2000);
  rig.release();
  await closing;
  assert.equal(await client.readAll(), "1 d4:donei1e6:result2:oke");
  await rig[Symbol.asyncDispose]();
});

Deno.test("cli answers one line and ends the connection", async () => {
  await using rig = await openRig();
  const cases: [string, string][] = [
    ["list totals\n", "you said list totals\n"],
    ["list totals\r\n", "you said list totals\n"],
    ["\n\nlist\nmore\n", "you said list\n"],
    ["\xff\n", "you said \xff\n"],
    [`${"x".repeat(1024)}\n`, `you said ${"x".repeat(1024)}\n`],
    [`${"x".repeat(1025)}\n`, ""],
    ["x".repeat(5000), ""],
    ["long\n", "line\n".repeat(100_000)],
  ];
  for (const [sent, reply] of cases) {
    using client = await StreamClient.connect(rig.cli);
    await client.send(sent);
    assert.equal(await client.readAll(), reply, JSON.stringify(sent.slice(0, 40)));
  }
});

Deno.test("cli takes a line in pieces and gives up on silence", async () => {
  await using rig = await openRig({ limits: { idleTimeout: 300 } });
  using client = await StreamClient.connect(rig.cli);
  for (const byte of "list\n") await client.send(byte);
  assert.equal(await client.readAll(), "you said list\n");
  using silent = await StreamClient.connect(rig.cli);
  assert.equal(await silent.readAll(), "");
});
