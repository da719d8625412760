/**
 * Scenarios as text: descriptions before and after, one after the other.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Bench, type BenchOptions, type Keys, normal, type Reply } from "./fixture_test_support.ts";

/** Session part of party `a`. */
export const A = "v=0\no=- 1 1 IN IP4 198.51.100.1\ns=-\nc=IN IP4 198.51.100.1\nt=0 0\n";
/** Session part of party `b`. */
export const B = "v=0\no=bob 2 2 IN IP4 198.51.100.2\ns=tester\nc=IN IP4 198.51.100.2\nt=0 0\n";
/** `a` offers audio. */
export const AUDIO = "m=audio 4000 RTP/AVP 8 0\na=rtpmap:8 PCMA/8000\na=sendrecv\n";
/** `b` accepts it. */
export const AUDIO_B = "m=audio 5000 RTP/AVP 8\na=rtpmap:8 PCMA/8000\na=sendrecv\n";

/** One message and the media part expected back, or `error: …`. */
export interface ScenarioStep {
  readonly send: "offer" | "answer";
  readonly sdp: string;
  readonly keys?: Keys;
  /** Lines from the first `m=` on, or the error. */
  readonly media: string;
}

/** Plays steps in one call and compares what comes back. */
export function play(steps: readonly ScenarioStep[], options: BenchOptions = {}): Bench {
  const bench = new Bench(options);
  for (const [i, step] of steps.entries()) {
    const reply = bench[step.send](step.sdp, step.keys);
    assert.equal(mediaPart(reply), step.media, `step ${i + 1}`);
  }
  return bench;
}

/** Lines of a written description from the first `m=` on; the error when there is none. */
export function mediaPart(reply: Reply): string {
  const text = normal(reply);
  const start = text.indexOf("m=");
  return start < 0 ? text : text.slice(start);
}

/** Lines before the first `m=`. */
export function sessionPart(reply: Reply): string {
  const text = normal(reply);
  const start = text.indexOf("m=");
  return start < 0 ? text : text.slice(0, start);
}
