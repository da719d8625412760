/**
 * The relay: interfaces, port pairs, quarantine, rules, counters and events, over one of several engines.
 * Owns everything about local ports; knows nothing of calls, SDP or ng.
 *
 * @module
 */

export * from "./types.ts";
export { TrafficSums } from "./traffic.ts";
export { MediaRelay, type MediaRelayOptions } from "./relay.ts";
export { DEFAULT_QUARANTINE, type Quarantine } from "./ports.ts";
export { FakeEngine, type FakeEngineOptions, type SentPacket } from "./fake_engine.ts";
export type { CoreMode, CoreOptions } from "./abi_options.ts";
export type { FfiCoreOptions, ThreadCounters } from "./ffi_core.ts";
export type {
  DtlsLink,
  DtlsLinkNews,
  DtlsLinks,
  DtlsLinkState,
  DtlsLinkTerms,
} from "./dtls_links.ts";
export { limitOpenFiles } from "./ffi.ts";
export { type NativeRelay, startNativeRelay } from "./native_relay.ts";
export {
  type KernelHook,
  type KernelStatus,
  KernelTable,
  KernelTableError,
  type KernelTableOptions,
  type SlotReader,
} from "./kernel_table.ts";
export {
  Firewall,
  type FirewallBackend,
  type FirewallParts,
  IptablesChain,
  NftablesChain,
  type NftablesOptions,
  type OpenPort,
  type ToolResult,
  type ToolRun,
} from "./firewall.ts";
export { runTool } from "./firewall_tool.ts";
export { PastCounters } from "./past_counters.ts";
export { type PortRange, type ReservedPorts, reservePorts } from "./reserve.ts";
export { LIBRARY_NAME, type LibraryPlaces, libraryPlaces, locateLibrary } from "./library.ts";
export type { Clock } from "../core/clock.ts";
export type { Endpoint, Family } from "../core/endpoint.ts";
export type { SuiteName } from "../srtp/mod.ts";
