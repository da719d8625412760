/**
 * Labels of a recording session (RFC 7866): which section of an offer is whose media.
 *
 * @module
 */

import type { ReplyValue } from "../ng/types.ts";
import type { Media } from "./media.ts";

/** Labels of sections and what the client is told of them. */
export interface SiprecLabels {
  /** `a=label` of each source. */
  readonly labels: ReadonlyMap<Media, string>;
  /** `tag-medias` and `media-labels`. */
  readonly reply: { readonly [key: string]: ReplyValue };
}

/** Numbers the sources in order. */
export function siprecLabels(sources: readonly Media[]): SiprecLabels {
  const labels = new Map(sources.map((media, i) => [media, String(i)]));
  const parties = new Set(sources.map(({ participant }) => participant));
  const tagMedias = [...parties].map((party) => ({
    tag: party.tag,
    label: party.label,
    medias: sources.filter(({ participant }) => participant === party).map((media) => ({
      index: media.index,
      type: media.type,
      label: labels.get(media)!,
      mode: modeOf(media),
    })),
  }));
  const mediaLabels = new Map<string, ReplyValue>();
  for (const [media, label] of labels) {
    const { participant, index, type } = media;
    const { tag } = participant;
    mediaLabels.set(label, { tag, index, type, label: participant.label, mode: modeOf(media) });
  }
  return { labels, reply: { "tag-medias": tagMedias, "media-labels": mediaLabels } };
}

/** Direction of a section as its party sees it. */
function modeOf({ state: { recv, send } }: Media): string {
  if (recv) return send ? "sendrecv" : "sendonly";
  return send ? "recvonly" : "inactive";
}
