/**
 * One party of a call, known by its SIP tag once it has one.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Family } from "../core/endpoint.ts";
import { NEW_SESSION, type SessionMemory } from "../negotiate/mod.ts";
import type { LocalAddress } from "../relay/types.ts";
import { type Gate, openGate } from "./gate.ts";
import { Media, type Subscription, unsubscribe } from "./media.ts";
import type { CounterReader } from "./stream.ts";
import type { ParticipantView, SubscriptionView } from "./types.ts";

/** Which of our interfaces a party is reached through. */
export interface PartyInterface {
  /** Logical interface; undefined = the default one. */
  readonly name: ByteString | undefined;
  readonly ip4: LocalAddress | undefined;
  readonly ip6: LocalAddress | undefined;
}

/** One party. */
export class Participant implements ParticipantView {
  /** Empty until its tag is known. */
  tag: ByteString;
  /** Position in order of appearance, 0 for the first. */
  number = 0;
  viaBranch: ByteString | undefined;
  label: ByteString | undefined;
  metadata: ByteString | undefined;
  /** Former and other tags of the same party. */
  readonly aliases: ByteString[] = [];
  /** It only hears others, beside their dialogue (`subscribe request`). */
  listener = false;
  /** Its last description; for a publisher what of it was accepted. */
  description: ByteString | undefined;
  /** What the party is known by under another tag, see `alias.ts`; undefined unless asked for. */
  aliasKey: string | undefined;
  readonly medias: Media[] = [];
  /** What is kept from all who listen to this party. */
  readonly gate: Gate = openGate();
  /** What descriptions written for this party said. */
  session: SessionMemory = NEW_SESSION;
  interface: PartyInterface | undefined;
  /** Address family used towards this party, once chosen; a section may have its own. */
  family: Family | undefined;
  /** Taken out of the call by `delete`; a new message brings it back. */
  removed = false;
  /** The other side of the dialogue that is current for this party. */
  peer: Participant | undefined;
  /** Wall-clock ms at which this party is removed, if that is scheduled. */
  deleteAt: number | undefined;

  /** @param created wall-clock ms */
  constructor(tag: ByteString, readonly created: number, readonly counters: CounterReader) {
    this.tag = tag;
  }

  get subscriptions(): readonly SubscriptionView[] {
    return edges(this.medias, (media) => media.sources, (edge) => edge.source);
  }

  get subscribers(): readonly SubscriptionView[] {
    return edges(this.medias, (media) => media.sinks, (edge) => edge.sink);
  }

  get inDialogueWith(): ByteString | undefined {
    return this.peer?.tag;
  }

  /** Whether a tag is this party's, now or formerly. */
  answersTo(tag: ByteString): boolean {
    return this.tag === tag || this.aliases.includes(tag);
  }

  /** Media section of that 0-based position, made if need be. */
  media(position: number): Media {
    for (let i = this.medias.length; i <= position; i++) this.medias.push(new Media(this, i + 1));
    return this.medias[position]!;
  }

  /** Ends all edges of this party. */
  leave(): void {
    for (const media of this.medias) {
      for (const { sink } of [...media.sinks]) unsubscribe(media, sink);
      for (const { source } of [...media.sources]) unsubscribe(source, media);
    }
  }

  /** Ends the dialogue with another party: the edges an offer and its answer made. */
  detach(other: Participant): void {
    for (const media of this.medias) {
      for (const { sink, type } of [...media.sinks]) {
        if (type === "offer/answer" && sink.participant === other) unsubscribe(media, sink);
      }
      for (const { source, type } of [...media.sources]) {
        if (type === "offer/answer" && source.participant === other) unsubscribe(source, media);
      }
    }
  }
}

function edges(
  medias: readonly Media[],
  pick: (media: Media) => readonly Subscription[],
  end: (edge: Subscription) => Media,
): SubscriptionView[] {
  return medias.flatMap((media) =>
    pick(media).map((edge) => {
      const other = end(edge);
      const party = other.participant;
      return { party, tag: party.tag, type: edge.type, index: other.index };
    })
  );
}
