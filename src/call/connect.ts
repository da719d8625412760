/**
 * The commands `connect` and `mesh`: parties that exist already hear each other from now on, of several calls
 * if need be, which become one.
 *
 * @module
 */

import { textOf, textsOf } from "../ng/request_draft.ts";
import type { NgRequest } from "../ng/request.ts";
import { NgError, type ReplyDict } from "../ng/types.ts";
import { type Call, MAX_PARTICIPANTS } from "./call.ts";
import type { CallContext } from "./context.ts";
import { hasRoom, type Media, subscribe, unsubscribe } from "./media.ts";
import type { Participant } from "./participant.ts";
import { installRules } from "./rules.ts";
import { selectCall, selectParty } from "./select_party.ts";

const NO_MEDIAS = "No medias found (no monologues matched)";

/**
 * Executes `connect`: two parties begin a dialogue, and end those they were in. Under the flag `directional`
 * the second one hears the first beside what it hears already.
 *
 * @throws NgError with nothing changed
 */
export function connect(context: CallContext, request: NgRequest): ReplyDict {
  const { flags, fromTags, toTag } = request;
  const call = selectCall(context, request);
  const other = request.other?.get("to-call-id");
  const target = other === undefined ? call : context.calls.get(textOf(other) ?? "");
  if (target === undefined) throw new NgError("Unknown to-tag call-ID");
  const directional = flags.has("directional");
  const sources = directional && fromTags.length > 0
    ? [...new Set(fromTags.flatMap((tag) => call.byTag(tag) ?? []))]
    : [selectParty(call, request, { directional: false })].filter((party) => party !== undefined);
  if (!sources.some(({ medias }) => medias.length > 0)) throw new NgError(NO_MEDIAS);
  if (toTag === undefined) throw new NgError("No to-tag in message");
  const to = target.byTag(toTag);
  if (to === undefined) throw new NgError("To-tag not found");
  if (sources.includes(to)) throw new NgError("A party cannot be connected with itself");
  checkMerge([call, target]);
  if (directional) checkRoom(sources.map((from) => ({ from, to })), flags.has("bidirectional"));
  if (target !== call) context.calls.merge(call, target);
  for (const from of sources) {
    if (directional) {
      pair(from, to, (source, sink) => hear(source, sink, flags.has("bidirectional")));
      continue;
    }
    for (const party of [from, to]) for (const one of call.participants) part(one, party);
    from.peer = to;
    to.peer = from;
    pair(from, to, (one, two) => {
      subscribe(one, two, "offer/answer");
      subscribe(two, one, "offer/answer");
    });
  }
  finish(context, call);
  return { result: "ok" };
}

/** Who hears whom, as `mesh` asks for it. */
interface Edge {
  readonly from: Participant;
  readonly to: Participant;
}

/**
 * Executes `mesh`: calls become one, and parties hear each other as `tags` says.
 *
 * @throws NgError with nothing changed
 */
export function mesh(context: CallContext, request: NgRequest): ReplyDict {
  const ids = textsOf(request.other?.get("calls") ?? []);
  if (ids === undefined || ids.length === 0) throw new NgError("No call-id in message");
  // one call may be named twice: by its own call-id, and by that of one it has taken in
  const calls = [...new Set(ids.map((id) => callNamed(context, id)))];
  checkMerge(calls);
  const [call, ...others] = calls;
  const edges = readEdges(calls, request);
  if (!request.flags.has("unsubscribe")) checkRoom(edges, request.flags.has("bidirectional"));
  for (const other of others) context.calls.merge(call!, other);
  const { flags } = request;
  for (const { from, to } of edges) {
    if (!flags.has("unsubscribe")) {
      pair(from, to, (source, sink) => hear(source, sink, flags.has("bidirectional")));
      continue;
    }
    for (const source of from.medias) {
      for (const sink of to.medias) {
        unsubscribe(source, sink);
        if (flags.has("bidirectional")) unsubscribe(sink, source);
      }
    }
  }
  finish(context, call!);
  return { result: "ok" };
}

/** Whether all of them can be heard. */
function checkRoom(edges: readonly Edge[], both: boolean): void {
  const speakers = edges.flatMap(({ from, to }) => both ? [from, to] : [from]);
  for (const { medias } of new Set(speakers)) {
    if (!medias.every(hasRoom)) throw new NgError("Too many listeners to one party");
  }
}

function readEdges(calls: readonly Call[], request: NgRequest): Edge[] {
  const party = (tag: string | undefined): Participant => {
    for (const call of calls) {
      const found = call.byTag(tag ?? "");
      if (found !== undefined) return found;
    }
    throw new NgError("From-tag given, but no such tag exists");
  };
  const tags = request.other?.get("tags") ?? [];
  if (!Array.isArray(tags)) throw new NgError("Invalid list of tags");
  return tags.flatMap((item) => {
    const to = item instanceof Map ? textsOf(item.get("to") ?? []) : undefined;
    if (!(item instanceof Map) || to === undefined) throw new NgError("Invalid list of tags");
    const from = party(textOf(item.get("from") ?? ""));
    return to.map(party).filter((one) => one !== from).map((one) => ({ from, to: one }));
  });
}

function callNamed({ calls }: CallContext, callId: string | undefined): Call {
  const call = calls.get(callId ?? "");
  if (call === undefined) throw new NgError("Unknown call-ID");
  return call;
}

/** Whether calls can become one. */
function checkMerge(calls: readonly Call[]): void {
  const tags = new Set<string>();
  let parties = 0;
  for (const call of new Set(calls)) {
    for (const { tag, aliases } of call.participants) {
      parties++;
      for (const one of tag === "" ? aliases : [tag, ...aliases]) {
        if (tags.has(one)) {
          throw new NgError("Failed to merge two calls into one (tag collision)");
        }
        tags.add(one);
      }
    }
  }
  if (parties > MAX_PARTICIPANTS) {
    throw new NgError(`More than ${MAX_PARTICIPANTS} parties in one call`);
  }
}

/** Ends the dialogue between two parties. */
function part(one: Participant, other: Participant): void {
  if (one === other) return;
  one.detach(other);
  if (one.peer === other) one.peer = undefined;
  if (other.peer === one) other.peer = undefined;
}

/** Finds the sections of two parties that belong together: of the same kind, in order. */
function pair(from: Participant, to: Participant, join: (one: Media, two: Media) => void): void {
  const free = [...to.medias];
  for (const media of from.medias) {
    const at = free.findIndex(({ type }) => type === media.type);
    if (at < 0) continue;
    const [match] = free.splice(at, 1);
    join(media, match!);
  }
}

function hear(source: Media, sink: Media, both: boolean): void {
  subscribe(source, sink, "pub/sub");
  if (both) subscribe(sink, source, "pub/sub");
}

function finish({ calls, clock, log, relay }: CallContext, call: Call): void {
  call.deleteAt = undefined;
  call.touch(clock);
  installRules(relay, call, log);
  calls.changed(call);
}
