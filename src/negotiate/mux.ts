/**
 * rtcp-mux (RFC 5761) between two parties who may see it differently, and the `rtcp-mux` key.
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
 * An offer passes.
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
  const demux = options.has("demux");
  const willing = offered && !options.has("reject");
  // what was agreed stays in use until the answer
  const from = !willing ? "none" : before === "agreed" ? "agreed" : "offered";
  const fromAlways = willing && (demux || options.has("accept"));
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
export function answerMux(
  answered: boolean,
  options: ReadonlySet<string>,
  to: MuxState,
  always: boolean,
): MuxOutcome {
  const from = answered ? "agreed" : "none";
  const accept = always || answered || options.has("accept") || options.has("demux");
  const agreed = to !== "none" && accept && !options.has("reject");
  return { from, fromAlways: false, to: agreed ? "agreed" : "none" };
}
