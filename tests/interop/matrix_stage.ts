/**
 * The stage of the call matrix: relay, Kamailio and scripted phones, and the steps every call has.
 *
 * @module
 */

import assert from "node:assert/strict";
import { ensureOracle } from "../oracle/mod.ts";
import { type Address, type Daemon, must, say, until } from "../support/mod.ts";
import type { Between } from "./audio_call.ts";
import { callIds, mediaPorts, nothingLeft } from "./checks.ts";
import { HOME, openHome } from "./home.ts";
import { runKamailio } from "./kamailio.ts";
import { PHONE_C, routesConfig } from "./kamailio_routes.ts";
import { CONTROL, startRelay, UNDER_TEST } from "./media_daemon.ts";
import { ADDRESS, type Place, Rig } from "./rig.ts";
import type { SipMessage } from "./sip.ts";
import { describe, type DescriptionOptions, type Talk } from "./sip_media.ts";
import { type Dialogue, type Headers, SipPhone, type Transaction } from "./sip_phone.ts";

/** Flags of an ordinary call from phone A to phone B. */
export const ORDINARY: Headers = {
  "X-Offer": "replace-origin trust-address direction=inside direction=outside",
  "X-Answer": "replace-origin trust-address",
};

/** Flags of an ordinary call among phones of one side. */
export const AMONG: Headers = {
  "X-Offer": "replace-origin trust-address direction=outside direction=outside",
  "X-Answer": "replace-origin trust-address",
};

/** Flags of a re-INVITE from either side: the relay remembers the interfaces. */
export const AGAIN: Headers = {
  "X-Offer": "replace-origin trust-address",
  "X-Answer": "replace-origin trust-address",
};

/** An established call. */
export interface Call extends Talk {
  readonly callId: string;
  readonly dialogueA: Dialogue;
  readonly dialogueB: Dialogue;
}

/** What is special about a call. */
export interface CallOptions {
  readonly caller?: SipPhone;
  readonly callee?: SipPhone;
  /** User part of the address that is called; that of the callee when absent. */
  readonly user?: string;
  readonly headers?: Headers;
  readonly offer?: DescriptionOptions;
  readonly answer?: DescriptionOptions;
}

const RTPENGINE_MODULE: Between = {
  relay: (rig) =>
    startRelay(rig, UNDER_TEST, ["--interface=internal=inside", "--interface=external=outside"]),
  proxy: (rig) => runKamailio(rig, routesConfig()),
};

/** A scenario of the matrix. */
export type Scenario = (stage: MatrixStage) => Promise<void>;

/** Scenarios by what they show. */
export type Scenarios = Readonly<Record<string, Scenario>>;

/** Everything running. */
export class MatrixStage implements AsyncDisposable {
  /** Every port a call had. */
  readonly #ports = new Set<number>();
  #home: Promise<SipPhone> | undefined;

  /** Wraps what {@link open} has made. */
  constructor(
    readonly rig: Rig,
    readonly relay: Daemon,
    readonly kamailio: Daemon,
    readonly a: SipPhone,
    readonly b: SipPhone,
    readonly c: SipPhone,
    readonly v6: SipPhone,
  ) {}

  /** Starts everything. */
  static async open(between: Omit<Between, "ipv6"> = RTPENGINE_MODULE): Promise<MatrixStage> {
    await ensureOracle();
    const rig = await Rig.open();
    try {
      const relay = await between.relay(rig);
      await rig.b.ns.addresses("eth0", `${PHONE_C}/24`);
      const kamailio = await between.proxy(rig);
      const [outside, inside, outside6] = [ADDRESS.coreB, ADDRESS.coreA, ADDRESS.coreB6].map(
        (host) => ({ host, port: 5060 }),
      ) as [Address, Address, Address];
      const phone = (place: Place, user: string, host: string, proxy: Address) =>
        SipPhone.open(place.agent, { user, host, proxy });
      return new MatrixStage(
        rig,
        relay,
        kamailio,
        await phone(rig.a, "a", ADDRESS.phoneA, inside),
        await phone(rig.b, "b", ADDRESS.phoneB, outside),
        await phone(rig.b, "c", PHONE_C, outside),
        await phone(rig.b, "b", ADDRESS.phoneB6, outside6),
      );
    } catch (error) {
      await rig[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The phone behind NAT; its network is made when it is asked for. */
  home(): Promise<SipPhone> {
    this.#home ??= (async () => {
      const { proxy } = this.a.options;
      return SipPhone.open(await openHome(this.rig), { user: "p", host: HOME.phone, proxy });
    })();
    return this.#home;
  }

  /** Makes a call and has it answered. */
  async call(options: CallOptions = {}): Promise<Call> {
    const { caller = this.a, callee = this.b, headers = ORDINARY } = options;
    const uri = `sip:${options.user ?? callee.options.user}@${caller.options.proxy.host}`;
    const invite = await caller.invite(uri, describe(caller, options.offer), headers);
    const request = await callee.expectRequest("INVITE");
    await callee.respond(request, 180);
    await callee.respond(request, 200, describe(callee, options.answer));
    const response = await caller.expectStatus(invite, 200);
    return await this.established(caller, callee, invite, request, response);
  }

  /** What follows a 200: ACK, and the call as both have it. */
  async established(
    a: SipPhone,
    b: SipPhone,
    invite: Transaction,
    request: SipMessage,
    response: SipMessage,
  ): Promise<Call> {
    const dialogueA = a.dialogueOut(invite, response);
    await a.request(dialogueA, "ACK");
    await b.expectRequest("ACK");
    await this.notePorts(invite.callId);
    return {
      a,
      b,
      callId: invite.callId,
      dialogueA,
      dialogueB: b.dialogueIn(request),
      atA: response.body,
      atB: request.body,
    };
  }

  /** Remembers the ports of a call. */
  async notePorts(callId: string): Promise<void> {
    const ports = await mediaPorts(this.rig, callId);
    assert.ok(ports.length > 0, `${callId} has no ports`);
    for (const port of ports) this.#ports.add(port);
  }

  /** Describes one side anew and returns the call as it is then. */
  async reinvite(
    call: Call,
    by: "a" | "b",
    offer: DescriptionOptions,
    answer: DescriptionOptions = {},
    headers: Headers = AGAIN,
  ): Promise<Call> {
    const { a, b, dialogueA, dialogueB } = call;
    const [caller, callee, dialogue] = by === "a" ? [a, b, dialogueA] : [b, a, dialogueB];
    const invite = await caller.request(dialogue, "INVITE", describe(caller, offer), headers);
    const request = await callee.expectRequest("INVITE");
    await callee.respond(request, 200, describe(callee, answer));
    const response = await caller.expectStatus(invite, 200);
    await caller.request(dialogue, "ACK");
    await callee.expectRequest("ACK");
    await this.notePorts(call.callId);
    const [atCaller, atCallee] = [response.body, request.body];
    return by === "a"
      ? { ...call, atA: atCaller, atB: atCallee }
      : { ...call, atA: atCallee, atB: atCaller };
  }

  /** Ends a call. */
  async bye(call: Call, by: "a" | "b" = "a", headers: Headers = {}): Promise<void> {
    const { a, b, dialogueA, dialogueB } = call;
    const [from, to, dialogue] = by === "a" ? [a, b, dialogueA] : [b, a, dialogueB];
    const bye = await from.request(dialogue, "BYE", "", headers);
    await to.respond(await to.expectRequest("BYE"), 200);
    await from.expectStatus(bye, 200);
  }

  /** Asserts that the relay has no call and no port in use. */
  async assertIdle(): Promise<void> {
    await until("list is empty", async () => {
      return (await callIds(this.rig)).length === 0 ? true : undefined;
    }, 3000);
    assert.deepEqual(await this.usedPorts(), [0]);
  }

  /** Distinct numbers of ports in use, over all interfaces. */
  async usedPorts(): Promise<number[]> {
    const url = `http://127.0.0.1:${CONTROL.http}/metrics`;
    const page = await must(this.rig.core.ns.argv(["curl", "-sS", "--fail", url]));
    const found = [...page.matchAll(/^rtpengine_ports_used\{[^}]*\} (\d+)$/gm)];
    assert.ok(found.length > 0, "the metrics do not tell ports_used");
    return [...new Set(found.map(([, count]) => Number(count)))].toSorted();
  }

  /** Runs one scenario of a matrix and checks that nothing is left of it. */
  async scenario(play: Scenario): Promise<void> {
    const from = [this.relay.lines.length, this.kamailio.lines.length] as const;
    try {
      for (const phone of [this.a, this.b, this.c, this.v6]) await phone.forget();
      await play(this);
      await this.assertIdle();
    } catch (error) {
      for (const line of this.relay.lines.slice(from[0])) say(`  relay: ${line}`);
      for (const line of this.kamailio.lines.slice(from[1])) say(`  kamailio: ${line}`);
      for (const id of await callIds(this.rig)) {
        const message = { "command": "delete", "call-id": id, "delete delay": 0 };
        await this.rig.core.agent.ng({ host: "127.0.0.1", port: CONTROL.udp }, message);
      }
      throw error;
    }
  }

  /** Waits until every port any call had can be bound by somebody else. */
  async assertPortsFree(): Promise<void> {
    await nothingLeft(this.rig, [...this.#ports]);
  }

  /** Carries out a line of the relay's control tree and returns what it says. */
  async cli(line: string): Promise<string> {
    const url = `http://127.0.0.1:${CONTROL.http}/cli/${line.replaceAll(" ", "+")}`;
    return await must(this.rig.core.ns.argv(["curl", "-sS", "--fail", url]));
  }

  /** Carries out a JSON-RPC command of Kamailio. */
  async rpc(method: string, ...params: string[]): Promise<Record<string, unknown>> {
    const body = JSON.stringify({ jsonrpc: "2.0", method, params, id: 1 });
    const { proxy } = this.a.options;
    const sent = await this.a.begin("OPTIONS", `sip:rpc@${proxy.host}`, body);
    return JSON.parse((await this.a.expectStatus(sent, 200)).body);
  }

  /** Ends everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.rig[Symbol.asyncDispose]();
  }
}
