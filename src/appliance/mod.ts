/**
 * What makes a host with rtpedge an appliance: its self-test, its packet filter, what its boot partition presets,
 * updates. The commands of `rtpedge ctl` that need no running daemon.
 *
 * @module
 */

export type { Clock } from "../core/clock.ts";
export { APPLIANCE_COMMANDS, type ApplianceDeps, runAppliance } from "./commands.ts";
export { requestSystem, SYSTEM_SOCKET } from "./system_socket.ts";
