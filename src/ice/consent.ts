/**
 * Whether the peer still agrees to be sent to (RFC 7675).
 *
 * @module
 */

/** RFC 7675 section 5.1: 5 s, spread by a fifth, and 30 s without an answer. */
const PERIOD_MS = 5000;
const EXPIRY_MS = 30_000;
/** Requests whose answers still count. */
const REMEMBERED = 8;

/** Consent of one selected pair. */
export class Consent {
  readonly #transactions: string[] = [];
  #due: number;
  #confirmed: number;

  /** @param now monotonic ms; the check that selected the pair is the first consent */
  constructor(now: number, spread: number) {
    this.#confirmed = now;
    this.#due = now + period(spread);
  }

  /** Of a pair that an earlier run has selected: the peer is asked at once. */
  static resumed(now: number): Consent {
    const consent = new Consent(now, 0);
    consent.#due = now;
    return consent;
  }

  /** Monotonic ms of the next request or the expiry. */
  get next(): number {
    return Math.min(this.#due, this.#confirmed + EXPIRY_MS);
  }

  /** Whether the peer has been silent for too long. */
  expired(now: number): boolean {
    return now >= this.#confirmed + EXPIRY_MS;
  }

  /** Whether a request is due. */
  due(now: number): boolean {
    return now >= this.#due;
  }

  /** A request is sent. @param spread 0..255, random */
  sent(now: number, transaction: string, spread: number): void {
    this.#transactions.push(transaction);
    if (this.#transactions.length > REMEMBERED) this.#transactions.shift();
    this.#due = now + period(spread);
  }

  /** @returns whether the answer belongs to a request of ours */
  answered(now: number, transaction: string): boolean {
    if (!this.#transactions.includes(transaction)) return false;
    this.#transactions.length = 0;
    this.#confirmed = now;
    return true;
  }
}

function period(spread: number): number {
  return PERIOD_MS * (0.8 + 0.4 * spread / 255);
}
