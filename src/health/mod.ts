/**
 * How the product and its host are: facts, judged, each with what to do. Knows neither HTTP nor the control
 * tree, which both show them.
 *
 * @module
 */

export { healthFacts, worstLevel } from "./facts.ts";
export { type HostFacts, hostFacts } from "./host.ts";
export type { HealthFact, HealthInput, HealthLevel } from "./types.ts";
