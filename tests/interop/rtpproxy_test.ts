/**
 * Kamailio's `rtpproxy` module, the one from before ng, drives the relay. Today's rtpengine does not survive
 * its first message, so only the product is tested.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type AgentSocket, say, until } from "../support/mod.ts";
import { audioCall } from "./audio_call.ts";
import { interopUnavailable } from "./checks.ts";
import { runKamailio } from "./kamailio.ts";
import { RTPPROXY_FOUND, RTPPROXY_PORT, rtpproxyConfig } from "./kamailio_rtpproxy.ts";
import { startRelay } from "./media_daemon.ts";
import { MatrixStage, type Scenarios } from "./matrix_stage.ts";
import type { Rig } from "./rig.ts";
import { assertPasses, assertTalks, describe, target, wayBack } from "./sip_media.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`interop tests of the rtpproxy module are ignored: ${reason}`);

const EXTRA = [
  "--interface=internal=inside",
  "--interface=external=outside",
  `--listen-udp=127.0.0.1:${RTPPROXY_PORT}`,
];

function proxy(rig: Rig) {
  return runKamailio(rig, rtpproxyConfig(), RTPPROXY_FOUND);
}

/** Asserts that a datagram passes unchanged, whatever it is. */
async function assertCarries(
  data: string,
  from: AgentSocket,
  to: { host: string; port: number },
  at: AgentSocket,
): Promise<void> {
  await from.send(to, data);
  await until(`${JSON.stringify(data)} arrives`, async () => {
    const [got] = await at.take();
    return got?.data === data ? true : undefined;
  }, 1000);
}

/** By what they show. */
const SCENARIOS: Scenarios = {
  async "a call; the callee hangs up"(stage) {
    const call = await stage.call({ headers: {} });
    await assertTalks(call);
    await stage.bye(call, "b");
  },

  async "a call under a branch (flag b)"(stage) {
    const headers = { "X-Offer": "cob1ie", "X-Answer": "cob2ei" };
    const call = await stage.call({ headers });
    await assertTalks(call);
    await stage.bye(call);
  },

  async "what is not RTP passes too, on both ports"(stage) {
    const { a, b, atA, atB, ...call } = await stage.call({
      headers: {},
      offer: { protocol: "udptl" },
      answer: { protocol: "udptl" },
    });
    const [toA, toB] = [target(atB), target(atA)];
    await assertCarries("\x00\x01\x06udptl", a.rtp, toB, b.rtp);
    await assertCarries("\x00\x02\x06udptl", b.rtp, toA, a.rtp);
    await assertCarries("next", a.rtcp, { ...toB, port: toB.port + 1 }, b.rtcp);
    await assertCarries("next", b.rtcp, { ...toA, port: toA.port + 1 }, a.rtcp);
    await stage.bye({ a, b, atA, atB, ...call });
  },

  async "two media sections"(stage) {
    const video = ["m=video 4100 RTP/AVP 31"];
    const call = await stage.call({
      headers: {},
      offer: { lines: video },
      answer: { lines: video },
    });
    const ports = [call.atA, call.atB].flatMap((body) =>
      [...body.matchAll(/^m=\w+ (\d+) /gm)].map(([, port]) => Number(port))
    );
    assert.equal(new Set(ports).size, 4, String(ports));
    assert.ok(ports.every((port) => port >= 30_000), String(ports));
    await assertTalks(call);
    await stage.bye(call);
  },

  async "a re-INVITE moves the caller's media"(stage) {
    const call = await stage.call({ headers: {} });
    await assertTalks(call);
    const { host, port } = call.a.rtcp.at;
    const moved = await stage.reinvite(call, "a", { address: host, port }, {}, {});
    assert.equal(target(moved.atA).port, target(call.atA).port, "the port told to A changed");
    await assertPasses({ ...wayBack(moved), at: call.a.rtcp });
    await stage.bye(moved);
  },

  async "hold and resume: the protocol knows no direction, so the phones keep to it"(stage) {
    const call = await stage.call({ headers: {} });
    const held = await stage.reinvite(call, "b", { direction: "sendonly" }, {
      direction: "recvonly",
    }, {});
    assert.match(held.atA, /^a=sendonly\r$/m);
    assert.match(held.atB, /^a=recvonly\r$/m);
    await assertPasses(wayBack(held));
    const resumed = await stage.reinvite(held, "b", {}, {}, {});
    await assertTalks(resumed);
    await stage.bye(resumed);
  },

  async "CANCEL"(stage) {
    const { a, b } = stage;
    const invite = await a.invite(`sip:b@${a.options.proxy.host}`, describe(a), {});
    const request = await b.expectRequest("INVITE");
    await b.respond(request, 183, describe(b));
    await a.expectStatus(invite, 183);
    await assertPasses({ from: b.rtp, to: target(request.body), at: a.rtp });
    await stage.notePorts(invite.callId);
    await a.cancel(invite);
    await b.respond(await b.expectRequest("CANCEL"), 200);
    await b.respond(request, 487);
    await a.ackFailure(invite, await a.expectStatus(invite, 487));
  },

  async "the load limit"(stage) {
    await stage.cli("set maxsessions 0");
    try {
      const { a } = stage;
      const invite = await a.invite(`sip:b@${a.options.proxy.host}`, describe(a), {});
      await a.ackFailure(invite, await a.expectStatus(invite, 503));
    } finally {
      await stage.cli("set maxsessions -1");
    }
  },
};

Deno.test({
  name: "Kamailio's rtpproxy module: two phones hear each other and nothing is left of their call",
  ignore: reason !== undefined,
  fn: () => audioCall({ relay: (rig) => startRelay(rig, "rtpedge", EXTRA), proxy }),
});

Deno.test({
  name: "Kamailio's rtpproxy module: media passes and nothing is left",
  ignore: reason !== undefined,
  async fn(t) {
    await using stage = await MatrixStage.open({
      relay: (rig) => startRelay(rig, "rtpedge", EXTRA),
      proxy,
    });
    for (const [name, play] of Object.entries(SCENARIOS)) {
      await t.step(name, () => stage.scenario(play));
    }
    await t.step("every port can be bound again", () => stage.assertPortsFree());
  },
});
