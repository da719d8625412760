/**
 * Calls that ring at several phones, or are given up before they are answered.
 *
 * @module
 */

import assert from "node:assert/strict";
import { ORDINARY, type Scenarios } from "./matrix_stage.ts";
import type { MatrixStage } from "./matrix_stage.ts";
import type { SipMessage } from "./sip.ts";
import type { Headers, Transaction } from "./sip_phone.ts";
import { assertPasses, assertTalks, describe, target } from "./sip_media.ts";

/** A call that rings at B and C, with early media of both. */
interface Ringing {
  readonly invite: Transaction;
  readonly atB: SipMessage;
  readonly atC: SipMessage;
}

async function ring({ a, b, c }: MatrixStage, headers: Headers): Promise<Ringing> {
  const invite = await a.invite(`sip:fork@${a.options.proxy.host}`, describe(a), headers);
  const atB = await b.expectRequest("INVITE");
  const atC = await c.expectRequest("INVITE");
  for (const [phone, request] of [[b, atB], [c, atC]] as const) {
    await phone.respond(request, 183, describe(phone));
    const progress = await a.expectStatus(invite, 183);
    await assertPasses({ from: phone.rtp, to: target(request.body), at: a.rtp });
    assert.match(progress.body, /^m=audio \d+ /m);
  }
  return { invite, atB, atC };
}

/** B answers; C is told to stop. */
async function answerAtB(stage: MatrixStage, { invite, atB, atC }: Ringing): Promise<void> {
  const { a, b, c } = stage;
  await b.respond(atB, 200, describe(b));
  const response = await a.expectStatus(invite, 200);
  await c.respond(await c.expectRequest("CANCEL"), 200);
  await c.respond(atC, 487);
  await c.expectRequest("ACK");
  const call = await stage.established(a, b, invite, atB, response);
  await assertTalks(call);
  await stage.bye(call);
}

/** By what they show. */
export const FORK: Scenarios = {
  async "two phones ring with early media, one answers"(stage) {
    await answerAtB(stage, await ring(stage, ORDINARY));
  },

  async "two phones ring, each with an offer of its own (via-branch=extra)"(stage) {
    const ringing = await ring(stage, { ...ORDINARY, "X-Mode": "branch" });
    const [b, c] = [ringing.atB, ringing.atC].map(({ body }) => target(body).port);
    assert.notEqual(b, c, "both branches were offered the same port");
    await answerAtB(stage, ringing);
  },

  async "CANCEL after early media"(stage) {
    const { a, b } = stage;
    const invite = await a.invite(`sip:b@${a.options.proxy.host}`, describe(a), ORDINARY);
    const request = await b.expectRequest("INVITE");
    await b.respond(request, 183, describe(b));
    await a.expectStatus(invite, 183);
    await assertPasses({ from: b.rtp, to: target(request.body), at: a.rtp });
    await stage.notePorts(invite.callId);
    await a.cancel(invite);
    await b.respond(await b.expectRequest("CANCEL"), 200);
    await b.respond(request, 487);
    await a.ackFailure(invite, await a.expectStatus(invite, 487));
    await b.expectRequest("ACK");
  },

  async "CANCEL under rtpengine_manage()"(stage) {
    const { a, b } = stage;
    const headers = { ...ORDINARY, "X-Mode": "manage" };
    const invite = await a.invite(`sip:b@${a.options.proxy.host}`, describe(a), headers);
    const request = await b.expectRequest("INVITE");
    await b.respond(request, 180);
    await a.expectStatus(invite, 180);
    await stage.notePorts(invite.callId);
    await a.cancel(invite);
    await b.respond(await b.expectRequest("CANCEL"), 200);
    await b.respond(request, 487);
    await a.ackFailure(invite, await a.expectStatus(invite, 487));
  },

  async "the callee is busy"(stage) {
    const { a, b } = stage;
    const invite = await a.invite(`sip:b@${a.options.proxy.host}`, describe(a), ORDINARY);
    await b.respond(await b.expectRequest("INVITE"), 486);
    await a.ackFailure(invite, await a.expectStatus(invite, 486));
  },
};
