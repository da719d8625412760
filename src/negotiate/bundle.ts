/**
 * BUNDLE (RFC 9143): several sections over one port, with a party that knows it. What one party bundles
 * need not be bundled towards the other: groups are broken and made anew on each side.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Sdp, SdpMedia } from "../sdp/mod.ts";
import { bundleGroups, MAX_BUNDLED, MAX_MID, midIdentifier, withMid } from "./bundle_text.ts";
import { type BundleMember, type MediaState, NEW_MEDIA } from "./state.ts";

/** How a section is written as far as bundles are concerned. */
export interface Bundling {
  /** `a=bundle-only`: it has no port of its own. */
  readonly bundleOnly: boolean;
  /** Port 0, so that nobody who does not know BUNDLE sends anything (RFC 9143 section 6). */
  readonly zeroPort: boolean;
}

/** A section in no bundle. */
export const UNBUNDLED: Bundling = { bundleOnly: false, zeroPort: false };

/** States of one section on both sides, and how it will be written. */
export interface BundleSection {
  /** Of the one whose description it is; `bundle` is as it was before. */
  readonly from: MediaState;
  /** Of the one it is rewritten for; `bundle` is as it was before. */
  readonly to: MediaState;
  /** Set here. */
  readonly bundling: Bundling;
  /** Header extensions to write; the MID one is set here. */
  readonly extensions: readonly ByteString[];
}

/** Words of the `bundle` key under which the other side is offered a bundle. */
const OFFERING = ["offer", "require", "strict"] as const;

/** Whether the description for a party will show a bundle. */
export function offersBundle(options: ReadonlySet<string>, to: readonly MediaState[]): boolean {
  return OFFERING.some((word) => options.has(word)) || to.some(isAgreed);
}

/** What {@link acceptedGroups} looks at. */
export interface OfferedGroups {
  readonly sdp: Sdp;
  /** The `bundle` key. */
  readonly options: ReadonlySet<string>;
  /** Sections of the one who offers, as they were. */
  readonly from: readonly MediaState[];
  /** Sections of the other side, as they were. */
  readonly to: readonly MediaState[];
  /** Whether a section's keys are agreed between the parties (DTLS), which makes a bundle one or none. */
  readonly endToEnd: (section: SdpMedia) => boolean;
}

/**
 * Groups of an offer that will be accepted: under `accept`, or because there is a bundle with this party
 * already. Sections with port 0 are members when some other has a port (`a=bundle-only`). One DTLS
 * association (RFC 9143 section 9) has one end on the other side too, so that has to be offered a bundle.
 */
export function acceptedGroups({ sdp, options, from, to, endToEnd }: OfferedGroups): number[][] {
  if (!options.has("accept") && !from.some(isAgreed)) return [];
  const whole = offersBundle(options, to);
  return bundleGroups(sdp).filter((group) =>
    group.some((i) => hasPort(sdp, i)) &&
    (whole || !group.some((i) => endToEnd(sdp.medias[i]!)))
  );
}

/**
 * An offer passes.
 *
 * @param groups what {@link acceptedGroups} said
 */
export function bundleOffer<Section extends BundleSection>(
  sections: readonly Section[],
  sdp: Sdp,
  groups: readonly (readonly number[])[],
  options: ReadonlySet<string>,
): Section[] {
  const [from, to] = [sections.map((section) => section.from), sections.map(({ to }) => to)];
  const ours = arrange(groups, from, (i) => hasPort(sdp, i));
  const offered = offersBundle(options, to)
    ? [[...sections.keys()].filter((i) => !from[i]!.dtls || ours[i]?.group === 0)]
    : [];
  const theirs = arrange(offered, to, () => true);
  const shared = options.has("require") || options.has("strict") || to.some(isAgreed);
  const id = offered.length > 0 ? midIdentifier(sdp, to) : undefined;
  return sections.map((section, i) => {
    const bundleOnly = shared && theirs[i] !== undefined && theirs[i].carrier !== i;
    const { extensions } = section;
    return {
      ...section,
      from: { ...withEndpoint(from, i, ours[i]), bundle: pending(from[i], ours[i], i) },
      to: { ...section.to, bundle: theirs[i] && (shared ? theirs[i] : ownPort(theirs[i])) },
      bundling: { bundleOnly, zeroPort: bundleOnly && options.has("strict") },
      extensions: theirs[i] && id !== undefined ? withMid(extensions, id) : extensions,
    };
  });
}

/** An answer passes. */
export function bundleAnswer<Section extends BundleSection>(
  sections: readonly Section[],
  sdp: Sdp,
  options: ReadonlySet<string>,
): Section[] {
  const [from, to] = [sections.map((section) => section.from), sections.map(({ to }) => to)];
  const rank = (i: number) => from[i]?.bundle?.rank ?? 0;
  const answered = options.has("reject") ? [] : bundleGroups(sdp).map((group) =>
    // the port is that of the first section of the offer, whatever the order of the answer
    group.filter((i) => from[i]?.bundle !== undefined).sort((a, b) => rank(a) - rank(b))
  );
  const ours = arrange(answered, from, () => true);
  const whole = groupsOf(to).filter((group) =>
    !group.some((i) => to[i]!.dtls) || isWhole(group, ours)
  );
  const theirs = arrange(whole, to, () => true);
  return sections.map((section, i) => {
    const { extensions } = section;
    const id = section.to.midExtension;
    return {
      ...section,
      from: { ...section.from, bundle: agreed(ours[i]) },
      to: { ...section.to, bundle: agreed(theirs[i]) },
      // an answer speaks of nothing that was not offered (RFC 8285 section 6)
      extensions: id === undefined || theirs[i] !== undefined
        ? withMid(extensions, id)
        : extensions,
    };
  });
}

/** Mids of each group of a description for a party, as `a=group:BUNDLE` lists them. */
export function writtenGroups(to: readonly MediaState[]): string[][] {
  return groupsOf(to).map((group) => group.map((i) => to[i]!.mid ?? ""));
}

/** Positions of the usable sections of each group of a party, by rank. */
function groupsOf(states: readonly MediaState[]): number[][] {
  const groups: number[][] = [];
  for (const [i, { bundle }] of states.entries()) {
    if (bundle !== undefined && isUsable(states[i])) (groups[bundle.group] ??= []).push(i);
  }
  const rank = (i: number) => states[i]!.bundle!.rank;
  return groups.filter((group) => group !== undefined)
    .map((group) => group.sort((a, b) => rank(a) - rank(b)));
}

/**
 * Places of the sections of each group, rejected ones left out. The transport in use stays: with the section
 * it belongs to, or else it moves to the first one of the group.
 */
function arrange(
  groups: readonly (readonly number[])[],
  states: readonly MediaState[],
  canCarry: (position: number) => boolean,
): (BundleMember | undefined)[] {
  const places: (BundleMember | undefined)[] = [];
  for (const [group, all] of groups.entries()) {
    const members = all.filter((i) => isUsable(states[i])).slice(0, MAX_BUNDLED);
    const before = members.map((i) => states[i]!.bundle?.carrier).find((i) => i !== undefined);
    const carrier = before !== undefined && members.includes(before)
      ? before
      : members.find(canCarry);
    if (carrier === undefined) continue;
    for (const [rank, i] of members.entries()) {
      places[i] = { stage: states[i]!.bundle?.stage ?? "offered", group, rank, carrier };
    }
  }
  return places;
}

/** Whether the sections of a group are a group of the other side too, with nothing besides. */
function isWhole(
  group: readonly number[],
  places: readonly (BundleMember | undefined)[],
): boolean {
  const carrier = places[group[0] ?? -1]?.carrier;
  return carrier !== undefined && group.every((i) => places[i]?.carrier === carrier) &&
    places.filter((place) => place?.carrier === carrier).length === group.length;
}

/** Who offers to bundle a section learns the common port from the answer. */
function pending(
  before: MediaState | undefined,
  place: BundleMember | undefined,
  position: number,
): BundleMember | undefined {
  const known = place?.carrier === position || before?.bundle?.carrier !== undefined;
  return place === undefined || known ? place : ownPort(place);
}

function ownPort(place: BundleMember): BundleMember {
  return { ...place, carrier: undefined };
}

function agreed(place: BundleMember | undefined): BundleMember | undefined {
  return place && { ...place, stage: "agreed" };
}

/** A section without a port of its own is reached where the one that carries it is. */
function withEndpoint(
  states: readonly MediaState[],
  position: number,
  place: BundleMember | undefined,
): MediaState {
  const state = states[position]!;
  const carrier = place?.carrier === undefined ? undefined : states[place.carrier];
  if (state.rtp !== undefined || carrier === undefined) return state;
  return { ...state, rtp: carrier.rtp, rtcp: carrier.rtcp };
}

function isAgreed({ bundle }: MediaState): boolean {
  return bundle?.stage === "agreed";
}

function isUsable(state: MediaState | undefined): boolean {
  const { kind, rejected, mid = "" } = state ?? NEW_MEDIA;
  return kind === "rtp" && !rejected && mid !== "" && mid.length <= MAX_MID;
}

function hasPort(sdp: Sdp, position: number): boolean {
  return (sdp.medias[position]?.media.port ?? 0) !== 0;
}
