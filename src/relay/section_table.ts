/**
 * Which media section of a bundle a packet belongs to (RFC 9143 section 9.2), for engines written in
 * TypeScript. The table of learned SSRCs is bounded and gives away no entry that is in use.
 *
 * @module
 */

import { ssrcOf } from "./classify.ts";
import { extensionElements } from "./rtp_extension.ts";
import type { RuleBundle } from "./types.ts";

/** SSRCs learned at most, BUNDLE_LEARNED. */
const LEARNED = 16;
/** An SSRC that had no packet for so long may make room for another, in ms. */
const IDLE = 30_000;

interface Entry {
  section: number;
  last: number;
}

/** What one port knows about its sections. */
export class SectionTable {
  #bundle: RuleBundle | undefined;
  readonly #learned = new Map<number, Entry>();

  /** A rule was installed. Sections that are the old rule's keep what was learned about them. */
  install(bundle: RuleBundle | undefined): void {
    const mids = (of: RuleBundle | undefined) => of?.sections.map(({ mid }) => mid).join("\0");
    if (bundle === undefined || mids(bundle) !== mids(this.#bundle)) this.#learned.clear();
    this.#bundle = bundle;
  }

  /** The section of a packet that is valid RTP; undefined = of none. Learns from it. */
  sectionOf(packet: Uint8Array, now: number): number | undefined {
    const bundle = this.#bundle;
    if (bundle === undefined) return undefined;
    const ssrc = ssrcOf(packet);
    const mid = midOf(packet, bundle.midExtension);
    if (mid !== undefined) {
      const named = position(bundle, (section) => section.mid === mid);
      if (named !== undefined && this.#signalled(ssrc) === undefined) this.#learn(ssrc, named, now);
      return named;
    }
    const signalled = this.#signalled(ssrc);
    if (signalled !== undefined) return signalled;
    const known = this.#learned.get(ssrc);
    if (known !== undefined) {
      known.last = now;
      return known.section;
    }
    const type = packet[1]! & 0x7f;
    const owners = [...bundle.sections.keys()].filter((index) =>
      bundle.sections[index]!.payloadTypes.includes(type)
    );
    if (owners.length !== 1) return undefined;
    this.#learn(ssrc, owners[0]!, now);
    return owners[0];
  }

  /** The section of an SSRC, as far as it is known. */
  sectionOfSsrc(ssrc: number): number | undefined {
    return this.#signalled(ssrc) ?? this.#learned.get(ssrc)?.section;
  }

  #signalled(ssrc: number): number | undefined {
    return this.#bundle && position(this.#bundle, ({ ssrcs }) => ssrcs.includes(ssrc));
  }

  #learn(ssrc: number, section: number, now: number): void {
    if (!this.#learned.has(ssrc) && this.#learned.size >= LEARNED) {
      const [idle] = [...this.#learned].sort(([, a], [, b]) => a.last - b.last);
      if (idle === undefined || now - idle[1].last < IDLE) return;
      this.#learned.delete(idle[0]);
    }
    this.#learned.set(ssrc, { section, last: now });
  }
}

function position(
  { sections }: RuleBundle,
  found: (section: RuleBundle["sections"][number]) => boolean,
): number | undefined {
  const index = sections.findIndex(found);
  return index < 0 ? undefined : index;
}

function midOf(packet: Uint8Array, id: number | undefined): string | undefined {
  if (!id) return undefined;
  for (const element of extensionElements(packet)) {
    if (element.id === id) return String.fromCharCode(...element.value);
  }
  return undefined;
}
