/**
 * Calls that nobody made, on an engine without ports, right after the start: the JavaScript engine compiles
 * what has been used for a while, and the first proxy need not be the one that waits for it.
 *
 * @module
 */

import { createCallService } from "./call/mod.ts";
import { fromBytes, toBytes } from "./core/bytes.ts";
import type { Clock } from "./core/clock.ts";
import type { Endpoint } from "./core/endpoint.ts";
import type { Settings } from "./core/settings.ts";
import { NgDispatcher, type NgSource } from "./ng/mod.ts";
import { MediaRelay } from "./relay/mod.ts";
import { NO_COUNTERS } from "./relay/no_counters.ts";
import type { LocalAddress, RelayEngine, Slot, SlotCounters } from "./relay/types.ts";

/** What a warm-up needs. */
export interface WarmUp {
  /** Those of the daemon; its limits do not count. */
  readonly settings: Settings;
  /** Time of the pauses. */
  readonly clock: Clock;
  /** Lets everybody else have their turn. */
  pause(): Promise<void>;
  /** Whether the daemon is ending. */
  stopped(): boolean;
}

/** The engine compiles on for some ten thousand calls, but these are the dear ones. */
const CALLS = 300;
/** Milliseconds that real requests may have to wait. */
const SLICE = 2;
const OK = "6:result2:oke";
const LOCAL: LocalAddress = {
  name: "default",
  family: 4,
  address: "192.0.2.1",
  advertised: "192.0.2.1",
  advertisedFamily: 4,
  portMin: 10_000,
  portMax: 19_999,
};
const SOURCE: NgSource = {
  transport: "udp",
  peer: { family: 4, address: "192.0.2.2", port: 5060 },
  local: { family: 4, address: "192.0.2.1", port: 2223 },
};

/**
 * Makes, answers and deletes calls of its own, a few milliseconds at a time.
 *
 * @returns how many requests were answered with success
 */
export async function warmUp({ settings, clock, pause, stopped }: WarmUp): Promise<number> {
  const relay = new MediaRelay(new IdleEngine(), clock, {
    addresses: [LOCAL],
    quarantine: { preferred: 0, minimum: 0 },
  });
  const calls = createCallService({
    relay,
    clock,
    settings: { ...settings, maxSessions: -1 },
  });
  const dispatcher = new NgDispatcher({ handlers: calls.handlers, clock, log() {} });
  let good = 0;
  let began = clock.now();
  for (let i = 0; i < CALLS && !stopped(); i++) {
    for (const message of dialogue(i)) {
      const reply = dispatcher.handle(toBytes(message), SOURCE);
      if (reply instanceof Uint8Array && fromBytes(reply).endsWith(OK)) good++;
    }
    if (clock.now() - began < SLICE) continue;
    await pause();
    began = clock.now();
  }
  calls.shutdown();
  return good;
}

/** Offer, answer and delete of a call as proxies send them. */
function dialogue(number: number): string[] {
  const call = `7:call-id6:${String(number).padStart(6, "0")}8:from-tag6:caller`;
  const options = "7:replacel6:origin18:session-connectione3:ICE6:remove";
  return [
    `${number}_1 d7:command5:offer${call}${options}3:sdp${bencoded(sdp(number))}e`,
    `${number}_2 d7:command6:answer${call}6:to-tag6:called${options}3:sdp${bencoded(sdp(number))}e`,
    `${number}_3 d7:command6:delete${call}12:delete delayi0ee`,
  ];
}

function bencoded(text: string): string {
  return `${text.length}:${text}`;
}

function sdp(number: number): string {
  const port = 20_000 + number * 2;
  return `v=0\r\no=- ${number} 1 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n` +
    `m=audio ${port} RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n` +
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";
}

/** Ports that no packet ever comes to. */
class IdleEngine implements RelayEngine {
  readonly mode = "idle";
  readonly modeReason = "";
  #next = 0;

  open(_local: Endpoint): Slot {
    return this.#next++;
  }

  close(): void {}

  setRule(): void {}

  clearRule(): void {}

  setClockRate(): void {}

  restore(): void {}

  send(): boolean {
    return true;
  }

  counters(): SlotCounters {
    return { ...NO_COUNTERS };
  }

  lastRx(): number {
    return 0;
  }

  onEvent(): void {}

  shutdown(): void {}
}
