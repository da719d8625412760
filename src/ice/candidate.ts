/**
 * Candidates as text (RFC 8839 section 5.1) and their priorities (RFC 8445 section 5.1.2).
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import { makeEndpoint } from "../core/ip.ts";
import type { Candidate, CandidateType, Component } from "./types.ts";

/** RFC 8445 section 5.1.2.2, with rtpengine's value for reflexive ones. */
const TYPE_PREFERENCE: Readonly<Record<CandidateType, number>> = {
  host: 126,
  prflx: 110,
  srflx: 100,
  relay: 0,
};

const TOKEN = /^[A-Za-z0-9+/]{1,32}$/;
const MAX_PRIORITY = 2 ** 31 - 1;

/**
 * Priority of a candidate.
 *
 * @param localPreference 0..65535
 */
export function priorityOf(
  type: CandidateType,
  localPreference: number,
  component: Component,
): number {
  return TYPE_PREFERENCE[type] * 2 ** 24 + localPreference * 2 ** 8 + (256 - component);
}

/** RFC 8445 section 6.1.2.3, for the agent in control first. */
export function pairPriority(controlling: number, controlled: number): bigint {
  const [low, high] = controlling < controlled
    ? [controlling, controlled]
    : [controlled, controlling];
  return (BigInt(low) << 32n) + 2n * BigInt(high) + (controlling > controlled ? 1n : 0n);
}

/**
 * Reads the value of an `a=candidate`.
 *
 * @returns undefined for what cannot be used: TCP, names (mDNS among them), components beyond 2, and
 * lines that make no sense
 */
export function parseCandidate(value: string): Candidate | undefined {
  const words = value.trim().split(/\s+/, 64);
  const [foundation, id, transport, priorityText, address, portText, typ, type] = words;
  if (foundation === undefined || !TOKEN.test(foundation)) return undefined;
  if (transport?.toUpperCase() !== "UDP" || typ !== "typ") return undefined;
  const component = id === "1" ? 1 : id === "2" ? 2 : undefined;
  const priority = number(priorityText, MAX_PRIORITY);
  const port = number(portText, 65535);
  if (component === undefined || priority === undefined || port === undefined) return undefined;
  if (priority === 0 || port === 0 || !isType(type)) return undefined;
  const endpoint = makeEndpoint(address!, port);
  return endpoint && { foundation, component, priority, endpoint, type };
}

/** Writes the value of an `a=candidate`. */
export function formatCandidate(candidate: Candidate): string {
  const { foundation, component, priority, endpoint, type } = candidate;
  const { address, port } = endpoint;
  return `${foundation} ${component} UDP ${priority} ${address} ${port} typ ${type}`;
}

/**
 * Foundation of one of our candidates (RFC 8445 section 5.1.1.3), the same in every section that faces the
 * same way.
 *
 * @param address the first of ours
 * @param index which one it is for, 0 for the first
 */
export function foundationOf(address: string, index: number): string {
  let hash = 0x811c9dc5;
  for (const char of address) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return `${(hash >>> 0).toString(16).padStart(8, "0")}${index + 1}`;
}

/** A remote candidate nobody has named (RFC 8445 section 7.3.1.3). */
export function peerReflexive(
  component: Component,
  endpoint: Endpoint,
  priority: number,
  foundation: string,
): Candidate {
  return { foundation, component, priority, endpoint, type: "prflx" };
}

function isType(word: string | undefined): word is CandidateType {
  return word !== undefined && Object.hasOwn(TYPE_PREFERENCE, word);
}

function number(text: string | undefined, max: number): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}
