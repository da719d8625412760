/**
 * rtcp-mux (RFC 5761) between two parties who may see it differently, and the `rtcp-mux` key. The key
 * counts in offers; an answer follows from what was offered and told.
 *
 * @module
 */

import type { MuxState } from "./state.ts";

/** rtcp-mux of both sides after a message. */
export interface MuxOutcome {
  /** Of the one whose description it is. */
  readonly from: MuxState;
  /** It is accepted towards them whatever the other side says. */
  readonly fromAlways: boolean;
  /** Of the one the rewritten description is for. */
  readonly to: MuxState;
}

/**
 * An offer passes. Where modes contradict each other, `require` and `offer` go before `demux`, and `accept`
 * before `reject`.
 *
 * @param offered the description offers rtcp-mux
 * @param options the `rtcp-mux` key
 * @param before state towards the one who offers so far
 * @param to state towards the other side so far
 */
export function offerMux(
  offered: boolean,
  options: ReadonlySet<string>,
  before: MuxState,
  to: MuxState,
): MuxOutcome {
  const pushed = options.has("require") || options.has("offer");
  const demux = options.has("demux") && !pushed;
  const accept = options.has("accept") || demux;
  const willing = offered && (options.has("accept") || !options.has("reject"));
  // what was agreed stays in use until the answer
  const from = !willing ? "none" : before === "agreed" ? "agreed" : "offered";
  const fromAlways = willing && accept;
  if (options.has("require")) return { from, fromAlways, to: "agreed" };
  if (demux) return { from, fromAlways, to: "none" };
  if (to === "agreed") return { from, fromAlways, to };
  return { from, fromAlways, to: offered || options.has("offer") ? "offered" : "none" };
}

/**
 * An answer passes.
 *
 * @param answered the description has rtcp-mux
 * @param to state towards the one who offered
 * @param always it is accepted towards them in any case
 */
export function answerMux(answered: boolean, to: MuxState, always: boolean): MuxOutcome {
  const agreed = to !== "none" && (always || answered);
  return {
    from: answered ? "agreed" : "none",
    fromAlways: false,
    to: agreed ? "agreed" : "none",
  };
}
