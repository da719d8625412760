/**
 * Helpers shared by the suites that need programs, namespaces or packets. Knows nothing of the product:
 * what checks it must not be made of it.
 *
 * @module
 */

export * from "./agent.ts";
export type { Address, AgentOperation, AgentOperations, Datagram } from "./agent_protocol.ts";
export * from "./chromium.ts";
export * from "./netns.ts";
export * from "./ng_codec.ts";
export * from "./process.ts";
export * from "./rtp.ts";
export * from "./srtp.ts";
export * from "./stun.ts";
