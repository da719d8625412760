/**
 * What BUNDLE (RFC 9143) and header extensions (RFC 8285) add to forwarding rules: sections that share a
 * port are told apart when packets come in, and named when they go out.
 *
 * @module
 */

import type { RuleBundle, RuleOutput } from "../relay/types.ts";
import type { Media, PortEntry } from "./media.ts";
import { isForeign } from "./secure/protection.ts";

/** Identifiers an element can have. */
const IDENTIFIERS: readonly number[] = Array.from({ length: 255 }, (_, i) => i + 1);

/** The sections whose port a pair is, in order; the one it belongs to if no other shares it. */
export function sectionsOn(owner: Media, entry: PortEntry): readonly Media[] {
  if (owner.active !== entry) return [owner];
  const sharing = owner.participant.medias.filter((media) => media.active === entry && media.live);
  return sharing.length > 1 ? sharing : [owner];
}

/** How the sections of a port are told apart; undefined when there is one only. */
export function ruleBundle(sections: readonly Media[]): RuleBundle | undefined {
  const [first] = sections;
  if (first === undefined || sections.length < 2) return undefined;
  const known = new Set<number>();
  const { midExtension } = first.state;
  return {
    ...(midExtension === undefined ? {} : { midExtension }),
    sections: sections.map((media) => {
      const ssrcs = media.state.ssrcs.filter((ssrc) => !known.has(ssrc));
      for (const ssrc of ssrcs) known.add(ssrc);
      return { mid: media.state.mid ?? "", payloadTypes: payloadTypes(media), ssrcs };
    }),
  };
}

/** Payload types a section's packets have: the sender's numbers are those of whoever receives. */
export function payloadTypes({ state, sinks }: Media): number[] {
  const all = [state.codecs, ...sinks.map(({ sink }) => sink.state.codecs)];
  return [...new Set(all.flat().map(({ payloadType }) => payloadType))];
}

/**
 * What becomes of the header extensions of RTP on its way from one section to another. A bundled receiver
 * finds the section named as it knows it, one that knows no names finds none. Headers of encrypted media
 * are authenticated by the sender and stay.
 */
export function headerEdits(source: Media, sink: Media): Pick<RuleOutput, "mid" | "extensions"> {
  const [from, to] = [source.state, sink.state];
  if (isForeign(from)) return {};
  const named = to.bundle?.carrier !== undefined && to.midExtension !== undefined &&
    to.mid !== undefined;
  // the name the sender gives the section means nothing under another identifier
  const strange = from.midExtension !== undefined && to.initialized &&
    from.midExtension !== to.midExtension;
  const kept = from.extensions ?? (strange ? IDENTIFIERS : undefined);
  const extensions = strange ? kept?.filter((id) => id !== from.midExtension) : kept;
  return {
    ...(named ? { mid: { id: to.midExtension!, value: to.mid! } } : {}),
    ...(extensions === undefined ? {} : { extensions }),
  };
}
