/**
 * A relay between two networks, one party in each: a browser or a plain phone. The test carries the
 * descriptions.
 *
 * @module
 */

import assert from "node:assert/strict";
import { MEDIA, NG, type Relay, startRelay, UNDER_TEST } from "../interop/media_daemon.ts";
import { ADDRESS, type Place, Rig } from "../interop/rig.ts";
import { ensureOracle } from "../oracle/mod.ts";
import { type Daemon, type NgMessage, say, until } from "../support/mod.ts";
import { BrowserPeer, type PeerOptions } from "./browser_peer.ts";
import { Chromium } from "./chromium.ts";
import { PlainPhone } from "./plain_phone.ts";

/** Tones of the two parties, hertz; neither is a multiple of the other. */
export const TONE = { a: 400, b: 1000 } as const;

/** Which network a party is in. */
export type Side = "a" | "b";

/** Further keys of a request. */
export type Keys = NgMessage;

/** Options the relay gets on top: words of `RTPEDGE_WEBRTC_OPTIONS`. */
export const OPTIONS: readonly string[] = (Deno.env.get("RTPEDGE_WEBRTC_OPTIONS") ?? "")
  .split(" ").filter((word) => word !== "");

/** Everything running. Parties start when they are asked for. */
export class Stage implements AsyncDisposable {
  readonly #chromium = new Map<Side, Promise<Chromium>>();
  #phone: Promise<PlainPhone> | undefined;
  #calls = 0;

  /** Wraps what {@link open} has made. @param isOracle whether rtpengine relays */
  constructor(readonly rig: Rig, readonly relay: Daemon, readonly isOracle: boolean) {}

  /** Makes the networks and starts the relay. */
  static async open(relay: Relay = UNDER_TEST, extra: readonly string[] = []): Promise<Stage> {
    await ensureOracle();
    const rig = await Rig.open();
    try {
      const daemon = await startRelay(rig, relay, [...OPTIONS, ...extra]);
      return new Stage(rig, daemon, relay === "rtpengine");
    } catch (error) {
      await rig[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A new peer connection in the browser of a side. */
  async browser(side: Side, options: PeerOptions): Promise<BrowserPeer> {
    let chromium = this.#chromium.get(side);
    if (chromium === undefined) {
      chromium = Chromium.start(this.rig[side].ns, TONE[side]);
      this.#chromium.set(side, chromium);
      this.rig.use(await chromium);
    }
    return await BrowserPeer.open(await chromium, options);
  }

  /** A peer connection in a browser that has never been allowed to use its devices. */
  async stranger(side: Side): Promise<BrowserPeer> {
    // with hidden addresses a browser uses the way to the world only
    const gateway = side === "a" ? ADDRESS.coreA : ADDRESS.coreB;
    await this.rig[side].ns.ip("route", "replace", "default", "via", gateway);
    const chromium = this.rig.use(await Chromium.start(this.rig[side].ns));
    return await BrowserPeer.open(chromium, {});
  }

  /** The plain phone, in network b. It sends nothing until it is told to. */
  async phone(): Promise<PlainPhone> {
    const setup = { host: ADDRESS.phoneB, audio: 20_000, video: 20_002, tone: TONE.b };
    if (this.#phone === undefined) {
      this.#phone = PlainPhone.start(this.rig.b.ns, setup);
      this.rig.use(await this.#phone);
    }
    const phone = await this.#phone;
    phone.hush();
    await phone.report();
    return phone;
  }

  /** The place of a side. */
  place(side: Side): Place {
    return this.rig[side];
  }

  /** A new call. Dispose it to end it at the relay. */
  call(caller: Side = "a"): Call {
    return new Call(this.rig, `call-${++this.#calls}`, caller);
  }

  /** Plays one scenario and checks that nothing is left of it at the relay. */
  async scenario(play: (stage: Stage) => Promise<void>): Promise<void> {
    const from = this.relay.lines.length;
    try {
      await play(this);
      const reply = await this.rig.core.agent.ng(NG, { command: "list" });
      assert.deepEqual(reply["calls"], [], "a call is left");
    } catch (error) {
      for (const line of this.relay.lines.slice(from).slice(-60)) say(`  relay: ${line}`);
      throw error;
    }
  }

  /** Ends everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.rig[Symbol.asyncDispose]();
  }
}

/** A call at the relay. Side a is `inside`, side b `outside`. */
export class Call implements AsyncDisposable {
  readonly #rig: Rig;
  readonly #caller: Side;

  /** Names a call. @param caller who makes the first offer */
  constructor(rig: Rig, readonly id: string, caller: Side) {
    this.#rig = rig;
    this.#caller = caller;
  }

  /** Passes an offer on and returns what the other side gets. */
  async offer(sdp: string, keys: Keys = {}, by: Side = this.#caller): Promise<string> {
    const [from, to] = by === "a" ? ["inside", "outside"] : ["outside", "inside"];
    return await this.#exchange({
      command: "offer",
      "from-tag": by,
      ...(by === this.#caller ? {} : { "to-tag": this.#caller }),
      direction: [from, to],
      sdp,
      ...keys,
    });
  }

  /** Passes the answer to the last offer of `to` on and returns what `to` gets. */
  async answer(sdp: string, keys: Keys = {}, to: Side = this.#caller): Promise<string> {
    const other = to === "a" ? "b" : "a";
    return await this.#exchange({
      command: "answer",
      "from-tag": to,
      "to-tag": other,
      sdp,
      ...keys,
    });
  }

  /** Passes a candidate of one side on as an SDP fragment (RFC 8840). */
  async trickle(fragment: string, by: Side): Promise<NgMessage> {
    return await this.command("offer", {
      "from-tag": by,
      ...(by === this.#caller ? {} : { "to-tag": this.#caller }),
      flags: ["fragment"],
      sdp: fragment,
    });
  }

  /** Any command. */
  async command(command: string, keys: Keys = {}): Promise<NgMessage> {
    return await this.#rig.core.agent.ng(NG, { command, "call-id": this.id, ...keys });
  }

  /** Ends the call and waits until the relay has forgotten it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.command("delete", { "delete delay": 0 });
    await until("the call is gone", async () => {
      const { calls } = await this.#rig.core.agent.ng(NG, { command: "list" });
      return Array.isArray(calls) && !calls.includes(this.id) ? true : undefined;
    }, 3000);
  }

  async #exchange(message: NgMessage): Promise<string> {
    const reply = await this.#rig.core.agent.ng(NG, { "call-id": this.id, ...message });
    const { sdp } = reply;
    assert.ok(typeof sdp === "string", `${message["command"]} got ${JSON.stringify(reply)}`);
    return sdp;
  }
}

/** Media ports, inclusive. */
export const PORTS = MEDIA;
