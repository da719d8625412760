/**
 * The steps ICE and DTLS have taken for a section, for whoever looks into a call later; bounded.
 *
 * @module
 */

/** One step. */
export interface SecureStep {
  /** Wall-clock ms. */
  readonly at: number;
  /** Which of the two. */
  readonly protocol: "ICE" | "DTLS";
  /** What happened, in a few words. */
  readonly text: string;
  /** Something is wrong. */
  readonly failed: boolean;
}

/** Steps of one section that are kept: how it began, and the newest. */
export const MAX_STEPS = 40;
/** Of these the first ones. */
const BEGINNING = 10;

/** The steps of one section. */
export class SecureTimeline {
  readonly #steps: SecureStep[] = [];

  /** Oldest first. */
  get steps(): readonly SecureStep[] {
    return this.#steps;
  }

  /** Notes a step; the same one again in a row is one. */
  add(step: SecureStep): void {
    const last = this.#steps.at(-1);
    if (last?.text === step.text && last.protocol === step.protocol) return;
    if (this.#steps.length >= MAX_STEPS) this.#steps.splice(BEGINNING, 1);
    this.#steps.push(step);
  }
}

/** Sections are written into the journal; their timelines are not. */
const TIMELINES = new WeakMap<object, SecureTimeline>();

/** The timeline of a section. */
export function timelineOf(section: object): SecureTimeline {
  let timeline = TIMELINES.get(section);
  if (timeline === undefined) {
    timeline = new SecureTimeline();
    TIMELINES.set(section, timeline);
  }
  return timeline;
}
