/**
 * The rewritten description as a whole.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { NgRequest } from "../ng/request.ts";
import type { Sdp } from "../sdp/mod.ts";
import { AttributeEdits } from "./attribute_edit.ts";
import { writtenGroups } from "./bundle.ts";
import type { NegotiatedMedia } from "./negotiate.ts";
import type { SecureSource } from "./secure_state.ts";
import type { Facing, SessionMemory } from "./state.ts";
import { writeMedia } from "./write_media.ts";
import { nextVersion, writeSession } from "./write_session.ts";

/** What a description is written from. */
export interface Writing {
  /** The message. */
  readonly request: NgRequest;
  /** What it is. */
  readonly kind: "offer" | "answer";
  /** Its description. */
  readonly sdp: Sdp;
  /** Its sections, negotiated. */
  readonly medias: readonly NegotiatedMedia[];
  /** Our side per section; undefined where there is none. */
  readonly facings: readonly (Facing | undefined)[];
  /** What was written for this party before. */
  readonly memory: SessionMemory;
  /** Value of `a=rtpengine`, undefined without `loop protect`. */
  readonly loopMarker: string | undefined;
  /** Session id where the description has no `o=`. */
  readonly sessionId: string;
  /** Our fingerprint; what {@link negotiate} was given. */
  readonly secure?: SecureSource | undefined;
  /** Our address for `o=` where no section shows one. */
  readonly home: () => Pick<Facing, "family" | "address">;
}

/** Writes it. */
export function writeSdp(writing: Writing): { text: ByteString; memory: SessionMemory } {
  const { request, sdp, medias, facings, kind, secure: source } = writing;
  const edits = new AttributeEdits(request);
  const verbatim = medias.every((media) => media.from.passthrough);
  let body = "";
  for (const [i, media] of medias.entries()) {
    if (media.to.hidden) continue;
    const facing = facings[i];
    const connection = facing === undefined ? "" : connectionFor(request, media, facing);
    const text = writeMedia({ request, kind, sdp, media, facing, connection, source, verbatim });
    body += edits.apply(media.from.type, text);
  }
  const first = facings.find((facing) => facing !== undefined);
  const session = writeSession({
    request,
    sdp,
    address: () => {
      const { family, address } = first ?? writing.home();
      return network(family, address);
    },
    verbatim,
    memory: writing.memory,
    loopMarker: writing.loopMarker,
    secure: medias.some(({ to }) => to.secure !== undefined),
    lite: medias.some(({ to }) => !to.rejected && to.secure?.ice?.local.lite === true),
    sessionId: writing.sessionId,
    groups: writtenGroups(medias.map(({ to }) => to)),
  });
  const rest = edits.apply("global", session.tail) + body;
  const { head } = session;
  const memory = nextVersion(request, writing.memory, session, head + rest);
  return { text: head + (memory.origin?.version ?? "0") + rest, memory };
}

function connectionFor(request: NgRequest, { from }: NegotiatedMedia, facing: Facing): string {
  const override = request.mediaAddress;
  const family = override?.family ?? facing.family;
  // a section nothing comes from needs no real address
  if (from.held && !(from.recv && request.replace.has("zero address"))) {
    return family === 4 ? "IN IP4 0.0.0.0" : "IN IP6 ::";
  }
  return network(family, override?.address ?? facing.address);
}

function network(family: 4 | 6, address: string): string {
  return family === 4 ? `IN IP4 ${address}` : `IN IP6 ${address}`;
}
