/**
 * What every Kamailio configuration of the tests begins with.
 *
 * @module
 */

import { ADDRESS } from "./rig.ts";

const MODULES = ["tm", "sl", "rr", "pv", "maxfwd", "textops", "siputils", "xlog"] as const;

/** What differs. */
export interface KamailioHead {
  /** Modules beyond the usual ones, in order of loading; the one that drives the relay comes last. */
  readonly modules: readonly string[];
  /** Whether the core's IPv6 address is listened on, too. */
  readonly ipv6?: boolean;
}

/** Global parameters and modules, for the rig's core. */
export function kamailioHead({ modules, ipv6 = false }: KamailioHead): string {
  return `
debug=2
log_stderror=yes
children=2
auto_aliases=no
disable_tcp=yes
listen=udp:${ADDRESS.coreA}:5060
listen=udp:${ADDRESS.coreB}:5060
${ipv6 ? `listen=udp:[${ADDRESS.coreB6}]:5060` : ""}
mhomed=1

${[...MODULES, ...modules].map((name) => `loadmodule "${name}.so"`).join("\n")}
`;
}

/** The series of `mos_*` variables the rtpengine module fills in after a call, as `$avp(mos_…)`. */
export const MOS_VARIABLES: string = Object.entries({
  mos_min_pv: "mos_min",
  mos_max_pv: "mos_max",
  mos_average_pv: "mos_average",
  mos_average_packetloss_pv: "mos_loss",
  mos_average_jitter_pv: "mos_jitter",
  mos_average_roundtrip_pv: "mos_roundtrip",
  mos_average_roundtrip_leg_pv: "mos_leg",
  mos_average_samples_pv: "mos_samples",
}).map(([name, variable]) => `modparam("rtpengine", "${name}", "$avp(${variable})")`).join("\n");
