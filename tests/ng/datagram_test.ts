/**
 * Requirements B2-08 to B2-10, and admission: one execution per cookie, replies from the address that was
 * asked, large datagrams.
 *
 * @module
 */

import assert from "node:assert/strict";
import { StreamClient, UdpClient } from "./clients.ts";
import { openRig } from "./rig.ts";

Deno.test("B2-08 D2-18 a cookie sent again gets the same bytes and no second execution", async () => {
  await using rig = await openRig();
  await using client = await UdpClient.connect(rig.udp);
  const message = "77_1_2 d7:command5:counte";
  const first = await client.ask(message);
  assert.equal(first, "77_1_2 d5:counti1e6:result2:oke");
  for (let i = 0; i < 5; i++) assert.equal(await client.ask(message), first);
  assert.equal(rig.executed.get("count"), 1);
  // The same cookie from elsewhere is another request.
  using stream = await StreamClient.connect(rig.tcp);
  await stream.send(message);
  await stream.expect("77_1_2 d5:counti2e6:result2:oke");
});

Deno.test("B2-08 D2-18 duplicates that arrive while the first runs wait for it", async () => {
  await using rig = await openRig();
  await using client = await UdpClient.connect(rig.udp);
  for (let i = 0; i < 5; i++) client.send("c d7:command4:slowe");
  await client.assertQuiet();
  rig.release();
  for (let i = 0; i < 5; i++) {
    assert.equal(await client.receive(), "c d4:donei1e6:result2:oke");
  }
  assert.equal(rig.executed.get("slow"), 1);
});

Deno.test("B2-09 D2-21 replies leave from the address that was asked", async () => {
  await using rig = await openRig({ udp: { family: 4, address: "0.0.0.0", port: 0 } });
  // A connected socket gets nothing that comes from elsewhere.
  for (const address of ["127.0.0.1", "127.0.0.2", "127.9.9.9"]) {
    await using client = await UdpClient.connect({ family: 4, address, port: rig.udp.port });
    assert.equal(await client.ask("1 d7:command4:pinge"), "1 d6:result4:ponge", address);
  }
});

Deno.test("B2-09 IPv6 listeners answer too", async () => {
  await using rig = await openRig({ udp: { family: 6, address: "::", port: 0 } });
  await using client = await UdpClient.connect({ family: 6, address: "::1", port: rig.udp.port });
  assert.equal(await client.ask("1 d7:command4:pinge"), "1 d6:result4:ponge");
});

Deno.test("B2-10 datagrams up to 65,507 bytes go both ways, larger replies become errors", async () => {
  await using rig = await openRig();
  await using client = await UdpClient.connect(rig.udp);
  const filler = "x".repeat(65_000);
  assert.equal(
    await client.ask(`1 d7:command4:ping8:metadata65000:${filler}e`),
    "1 d6:result4:ponge",
  );
  const overhead = "2 d3:sdp65000:6:result2:oke".length;
  const size = 65_507 - overhead;
  const reply = await client.ask(`2 d7:command3:big5:limiti${size}ee`);
  assert.equal(reply.length, 65_507);
  assert.equal(
    await client.ask(`3 d7:command3:big5:limiti${size + 1}ee`),
    "3 d6:result5:error12:error-reason37:Reply is too large for this transporte",
  );
});

Deno.test("B2-10 a burst of a hundred datagrams is answered", async () => {
  await using rig = await openRig();
  await using client = await UdpClient.connect(rig.udp);
  const replies = new Set<string>();
  for (let i = 0; i < 100; i++) client.send(`${i} d7:command4:pinge`);
  for (let i = 0; i < 100; i++) replies.add(await client.receive());
  assert.equal(replies.size, 100);
});

Deno.test("D2-16 requests from outside the allow-list get nothing and are not parsed", async () => {
  await using rig = await openRig({ allow: ["192.0.2.0/24"] });
  await using client = await UdpClient.connect(rig.udp);
  for (let i = 0; i < 3; i++) client.send(`${i} d7:command5:counte`);
  using stream = await StreamClient.connect(rig.tcp);
  assert.equal(await stream.readAll(), "");
  using web = await StreamClient.connect(rig.http);
  assert.equal(await web.readAll(), "");
  await assert.rejects(client.receive(200));
  assert.equal(rig.executed.get("count"), undefined);
  assert.ok(rig.admission.refused.source >= 5, `${rig.admission.refused.source} refused`);
});

Deno.test("a source that asks too often is refused before parsing", async () => {
  await using rig = await openRig({ rate: { rate: 0.001, burst: 5 } });
  await using client = await UdpClient.connect(rig.udp);
  for (let i = 0; i < 5; i++) await client.ask(`${i} d7:command4:pinge`);
  client.send("late d7:command4:pinge");
  await assert.rejects(client.receive(200));
  using stream = await StreamClient.connect(rig.tcp);
  await stream.send("tcp d7:command4:pinge");
  await stream.expect("tcp d6:result5:error12:error-reason19:Rate limit exceedede");
  assert.equal(rig.admission.refused.rate, 2);
});
