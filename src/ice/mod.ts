/**
 * ICE (RFC 8445, 8838, 8839, 7675) as state machines: candidates as text, an agent per media transport. Owns
 * no socket and no clock, knows nothing of calls.
 *
 * @module
 */

export type { Endpoint, Family } from "../core/endpoint.ts";
export { IceAgent } from "./agent.ts";
export { formatCandidate, parseCandidate, priorityOf } from "./candidate.ts";
export { newCredentials, randomText, validCredentials } from "./credentials.ts";
export type {
  Candidate,
  CandidateType,
  Component,
  IceCredentials,
  IceEvent,
  IceOptions,
  IceState,
  IceTransmit,
  LocalCandidate,
} from "./types.ts";
