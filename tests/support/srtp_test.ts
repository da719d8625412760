import assert from "node:assert/strict";
import { buildRtp, parseRtp } from "./rtp.ts";
import { inlineOf, masterOf, newMasterKey, SRTP_SUITES, SrtpStream } from "./srtp.ts";

function packetOf(sequence: number, ssrc = 9): Uint8Array {
  const payload = Uint8Array.from({ length: 160 }, (_, i) => i);
  return buildRtp({ payloadType: 8, sequence, timestamp: 8, ssrc, payload });
}

for (const [name, suite] of Object.entries(SRTP_SUITES)) {
  Deno.test(`SrtpStream undoes what it did with ${name}, and refuses what was changed`, () => {
    const master = newMasterKey(suite);
    assert.deepEqual(masterOf(inlineOf(master)), master);
    const [stream, other] = [new SrtpStream(master, suite), new SrtpStream(master, suite)];
    const packet = packetOf(7);
    const secured = stream.protect(packet);
    assert.equal(secured.length, packet.length + suite.rtpTag);
    const readable = `${parseRtp(secured)?.payload.slice(0, 160)}`;
    assert.equal(readable === `${parseRtp(packet)?.payload}`, suite.cipher === "null");
    assert.deepEqual([...other.unprotect(secured) ?? []], [...packet]);
    secured[40] = (secured[40] ?? 0) ^ 1;
    assert.equal(other.unprotect(secured), undefined);
    const rtcp = Uint8Array.of(0x80, 201, 0, 2, 0, 0, 0, 9, 1, 2, 3, 4);
    const report = stream.protectRtcp(rtcp);
    assert.equal(report.length, rtcp.length + suite.rtcpTag + 4);
    assert.deepEqual([...other.unprotectRtcp(report) ?? []], [...rtcp]);
    report[9] = (report[9] ?? 0) ^ 1;
    assert.equal(other.unprotectRtcp(report), undefined);
  });
}

Deno.test("SrtpStream counts rollovers of each source, late packets too", () => {
  const master = newMasterKey();
  const [stream, other] = [new SrtpStream(master), new SrtpStream(master)];
  for (const sequence of [40000, 65535, 0, 65534, 1, 30000, 60000, 5]) {
    for (const ssrc of [1, 2]) {
      const packet = packetOf(sequence, ssrc);
      assert.deepEqual([...other.unprotect(stream.protect(packet)) ?? []], [...packet]);
    }
  }
  // whoever has not counted cannot read it
  assert.equal(new SrtpStream(master).unprotect(stream.protect(packetOf(6, 1))), undefined);
});
