/**
 * Calls that change while they last: hold, resume, transfer.
 *
 * @module
 */

import { header } from "./sip.ts";
import { AGAIN, AMONG, type Scenarios } from "./matrix_stage.ts";
import {
  assertBlocked,
  assertPasses,
  assertTalks,
  describe,
  target,
  wayBack,
  wayOut,
} from "./sip_media.ts";

/** By what they show. */
export const CHANGE: Scenarios = {
  async "a plain call; the caller hangs up"(stage) {
    const call = await stage.call();
    await assertTalks(call);
    await stage.bye(call);
  },

  async "a plain call; the callee hangs up"(stage) {
    const call = await stage.call();
    await assertTalks(call);
    await stage.bye(call, "b");
  },

  async "hold by sendonly, then inactive, then resume"(stage) {
    const call = await stage.call();
    const held = await stage.reinvite(call, "a", { direction: "sendonly" }, {
      direction: "recvonly",
    });
    await assertPasses(wayOut(held));
    await assertBlocked(wayBack(held));
    const mute = await stage.reinvite(held, "a", { direction: "inactive" }, {
      direction: "inactive",
    });
    await assertBlocked(wayOut(mute));
    await assertBlocked(wayBack(mute));
    const resumed = await stage.reinvite(mute, "a", {});
    await assertTalks(resumed);
    await stage.bye(resumed);
  },

  async "hold by the callee with c=0.0.0.0, then resume"(stage) {
    const call = await stage.call();
    const held = await stage.reinvite(call, "b", { address: "0.0.0.0" });
    await assertBlocked(wayOut(call));
    await assertPasses(wayBack(call));
    const resumed = await stage.reinvite(held, "b", {});
    await assertTalks(resumed);
    await stage.bye(resumed);
  },

  async "blind transfer: B refers A to C and leaves"(stage) {
    const { a, b, c } = stage;
    const first = await stage.call();
    await assertTalks(first);
    const refer = await b.request(first.dialogueB, "REFER", "", {
      "refer-to": `<sip:c@${a.options.proxy.host}>`,
    });
    const request = await a.expectRequest("REFER");
    await a.respond(request, 202);
    await b.expectStatus(refer, 202);
    const [, user] = /sip:(\w+)@/.exec(header(request, "refer-to")) ?? [];
    const second = await stage.call({ callee: c, user: user ?? "" });
    await assertTalks(second);
    await stage.bye(first, "b");
    await assertTalks(second);
    await stage.bye(second);
  },

  async "attended transfer: C takes B's place in an INVITE with Replaces"(stage) {
    const { a, b, c } = stage;
    const first = await stage.call();
    const consult = await stage.call({ caller: b, callee: c, headers: AMONG });
    await assertTalks(consult);
    const replaces = `${consult.callId};to-tag=x;from-tag=y`;
    const refer = await b.request(first.dialogueB, "REFER", "", {
      "refer-to": `<sip:c@${a.options.proxy.host}?Replaces=${encodeURIComponent(replaces)}>`,
    });
    await a.respond(await a.expectRequest("REFER"), 202);
    await b.expectStatus(refer, 202);
    const taken = await stage.call({ callee: c });
    await stage.bye(consult, "b");
    await stage.bye(first, "b");
    await assertTalks(taken);
    await stage.bye(taken);
  },

  async "transfer behind the callee: a re-INVITE hands B's media to C"(stage) {
    const { a, c } = stage;
    const call = await stage.call();
    await assertTalks(call);
    const { host, port } = c.rtp.at;
    const moved = await stage.reinvite(call, "b", { address: host, port });
    await assertPasses({ from: c.rtp, to: target(moved.atB), at: a.rtp });
    await assertPasses({ from: a.rtp, to: target(moved.atA), at: c.rtp });
    await stage.bye(moved, "b");
  },

  async "a re-INVITE without a description: the offer is in its answer"(stage) {
    const { a, b } = stage;
    const headers = { ...AGAIN, "X-Mode": "manage" };
    const call = await stage.call();
    const invite = await a.request(call.dialogueA, "INVITE", "", headers);
    await b.respond(await b.expectRequest("INVITE"), 200, describe(b));
    const response = await a.expectStatus(invite, 200);
    await a.request(call.dialogueA, "ACK", describe(a), headers);
    const ack = await b.expectRequest("ACK");
    await assertTalks({ ...call, atA: response.body, atB: ack.body });
    await stage.bye(call);
  },
};
