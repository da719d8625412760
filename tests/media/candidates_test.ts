/**
 * Several candidates of the relay, with packets: whoever nominates one of them has its media there, in either
 * address family, and takes the SRTP stream along.
 *
 * @module
 */

import assert from "node:assert/strict";
import { crlf } from "../differential/dialogue.ts";
import { Stage } from "../differential/stage.ts";
import {
  type Address,
  type AgentSocket,
  buildBinding,
  buildRtp,
  fromBytes,
  inlineOf,
  isSuccess,
  netnsUnavailable,
  newMasterKey,
  parseRtp,
  say,
  SrtpStream,
  toBytes,
  until,
} from "../support/mod.ts";

const NG = { host: "127.0.0.1", port: 2002 };
const SUITE = "AES_CM_128_HMAC_SHA1_80";
const THEIRS = { ufrag: "peer", pwd: "p".repeat(24) };

const reason = await netnsUnavailable();
if (reason !== undefined) say(`tests of candidates with packets are ignored: ${reason}`);

/** The first datagram that satisfies `wanted`. */
async function first<T>(
  socket: AgentSocket,
  wanted: (data: Uint8Array, from: Address) => T | undefined,
) {
  return await until("a datagram", async () => {
    for (const { data, from } of await socket.take()) {
      const found = wanted(toBytes(data), from);
      if (found !== undefined) return found;
    }
    return undefined;
  }, 5000);
}

Deno.test({
  name: "media goes where the party nominates, keys and all, and back",
  ignore: reason !== undefined,
  async fn() {
    await using stage = await Stage.open("rtpedge");
    const { agent } = stage;
    const phone = await agent.bind("127.0.0.11", 12_000);
    const sockets = {
      4: await agent.bind("127.0.0.12", 13_000),
      6: await agent.bind("::1", 13_000),
    } as const;
    const send = (socket: AgentSocket, to: Address, bytes: Uint8Array) =>
      socket.send(to, fromBytes(bytes));
    const head = (address: string) =>
      crlf("v=0", `o=- 1 1 IN IP4 ${address}`, "s=-", `c=IN IP4 ${address}`, "t=0 0");
    const call = { "call-id": "candidates", "from-tag": "a" };

    const offered = await agent.ng(NG, {
      ...call,
      command: "offer",
      sdp: head("127.0.0.11") + crlf("m=audio 12000 RTP/AVP 8"),
      "transport protocol": "RTP/SAVP",
      ICE: "force",
      "ICE-lite": "forward",
      DTLS: "off",
      SDES: [`only-${SUITE}`],
      "rtcp-mux": ["require"],
    });
    const told = String(offered["sdp"]);
    const value = (name: string) => new RegExp(`^a=${name}:(.*)\r$`, "m").exec(told)?.[1] ?? "";
    const candidates = [...told.matchAll(/^a=candidate:\S+ 1 UDP \d+ (\S+) (\d+) typ host\r$/gm)]
      .map(([, host, port]) => ({ host: host!, port: Number(port) }));
    assert.deepEqual(candidates.map(({ host }) => host), ["127.0.0.1", "::1"]);
    const ours = { 4: candidates[0]!, 6: candidates[1]! };
    const inbound = newMasterKey();
    const [crypto] = /a=crypto:(\d+) .*/.exec(told)!;
    const outbound = Uint8Array.from(
      atob(/inline:(\S+)/.exec(crypto)![1]!),
      (char) => char.charCodeAt(0),
    );
    const answered = await agent.ng(NG, {
      ...call,
      command: "answer",
      "to-tag": "b",
      sdp: head("127.0.0.12") + crlf(
        "m=audio 13000 RTP/SAVP 8",
        "a=rtcp-mux",
        `a=ice-ufrag:${THEIRS.ufrag}`,
        `a=ice-pwd:${THEIRS.pwd}`,
        "a=candidate:1 1 UDP 2130706431 127.0.0.12 13000 typ host",
        "a=candidate:2 1 UDP 2130706175 ::1 13000 typ host",
        `a=crypto:${/\d+/.exec(crypto)![0]} ${SUITE} inline:${inlineOf(inbound)}`,
      ),
    });
    const towardsPhone = {
      host: "127.0.0.1",
      port: Number(/^m=audio (\d+)/m.exec(String(answered["sdp"]))![1]),
    };

    // one stream each way for the whole call, whose sequence numbers roll over more than once
    const [sealing, opening] = [new SrtpStream(inbound), new SrtpStream(outbound)];
    let sequence = 65_530;
    const payload = new Uint8Array(160).fill(0x55);
    const both = async (family: 4 | 6) => {
      for (let i = 0; i < 12; i++) {
        sequence = (sequence + 1) & 0xffff;
        const packet = { payloadType: 8, sequence, timestamp: 160 * i, marker: false, payload };
        await send(phone, towardsPhone, buildRtp({ ...packet, ssrc: 1 }));
        const from = await first(sockets[family], (data, from) => {
          const opened = data[0]! >> 6 === 2 ? opening.unprotect(data) : undefined;
          return opened && parseRtp(opened)?.sequence === packet.sequence ? from : undefined;
        });
        assert.deepEqual(from, ours[family], "from the candidate that was nominated");
        const sealed = sealing.protect(buildRtp({ ...packet, ssrc: 2 }));
        await send(sockets[family], ours[family], sealed);
        await first(phone, (data) => parseRtp(data)?.sequence === packet.sequence || undefined);
      }
      // far enough for the next turn to roll over again
      for (const seq of [20_000, 40_000, 60_000, 65_530]) {
        sequence = seq;
        const packet = { payloadType: 8, sequence, timestamp: 0, marker: false, payload };
        await send(phone, towardsPhone, buildRtp({ ...packet, ssrc: 1 }));
        await first(sockets[family], (data) => opening.unprotect(data) && true);
        await send(
          sockets[family],
          ours[family],
          sealing.protect(buildRtp({ ...packet, ssrc: 2 })),
        );
        await first(phone, (data) => parseRtp(data)?.sequence === seq || undefined);
      }
    };
    const nominate = async (family: 4 | 6) => {
      const transaction = globalThis.crypto.getRandomValues(new Uint8Array(12));
      const request = buildBinding({
        transaction,
        username: `${value("ice-ufrag")}:${THEIRS.ufrag}`,
        password: value("ice-pwd"),
        nominate: true,
        controlling: true,
      });
      await send(sockets[family], ours[family], request);
      await first(sockets[family], (data) => isSuccess(data, transaction) || undefined);
    };

    // the second one is better, so that it counts (RFC 5245 section 8.1.1.2)
    for (const family of [6, 4] as const) {
      await nominate(family);
      await both(family);
      const query = await agent.ng(NG, { command: "query", "call-id": "candidates" });
      assert.ok(JSON.stringify(query).includes(`"local address":"${ours[family].host}"`));
    }
  },
});

Deno.test({
  name: "ICE optional: checks, handshakes and media of the parties' own pass our candidate unread",
  ignore: reason !== undefined,
  async fn() {
    await using stage = await Stage.open("rtpedge");
    const { agent } = stage;
    const [a, b] = [await agent.bind("127.0.0.11", 12_000), await agent.bind("127.0.0.12", 13_000)];
    const describe = (host: string, port: number) =>
      crlf(
        ...["v=0", `o=- 1 1 IN IP4 ${host}`, "s=-", `c=IN IP4 ${host}`, "t=0 0"],
        `m=audio ${port} RTP/SAVP 8`,
        ...[`a=ice-ufrag:${THEIRS.ufrag}`, `a=ice-pwd:${THEIRS.pwd}`],
      );
    const call = { "call-id": "relayed", "from-tag": "a" };
    const candidate = (sdp: unknown) => ({
      host: "127.0.0.1",
      port: Number(
        /^a=candidate:\S+ 1 UDP \d+ 127\.0\.0\.1 (\d+) typ host\r$/m.exec(String(sdp))![1],
      ),
    });
    const offer = {
      ...call,
      command: "offer",
      sdp: describe("127.0.0.11", 12_000),
      ICE: "optional",
    };
    const towardsA = candidate((await agent.ng(NG, offer))["sdp"]);
    const answer = {
      ...call,
      command: "answer",
      "to-tag": "b",
      sdp: describe("127.0.0.12", 13_000),
    };
    const towardsB = candidate((await agent.ng(NG, answer))["sdp"]);
    const packets = [
      buildBinding({ username: "peer:peer", password: THEIRS.pwd, controlling: true }),
      Uint8Array.of(22, 254, 253, ...new Array(40).fill(7)),
      Uint8Array.of(0x80, 8, 0, 1, 0, 0, 0, 9, 0, 0, 0, 7, ...new Array(40).fill(3)),
    ];
    for (const [from, via, to] of [[b, towardsA, a], [a, towardsB, b]] as const) {
      for (const packet of packets) {
        await from.send(via, fromBytes(packet));
        await first(to, (data) => fromBytes(data) === fromBytes(packet) || undefined);
      }
    }
  },
});
