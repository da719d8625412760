/**
 * A preset network as files of systemd-networkd and chrony.
 *
 * @module
 */

import type { NetworkPreset } from "./preset.ts";

/** Place of the file in chrony's source directory. */
export const NTP_FILE = "preset.sources";

/** A `.network` file. */
export function networkText({ link, addresses, gateways, dns }: NetworkPreset): string {
  const lines = [
    "# From rtpedge.conf of the boot partition.",
    "[Match]",
    ...(link === undefined ? ["Name=en* eth* end*", "Kind=!*"] : [`Name=${link}`]),
    "",
    "[Network]",
    "LLMNR=no",
    "MulticastDNS=no",
    ...(addresses.length === 0 ? ["DHCP=yes"] : []),
    ...addresses.map((address) => `Address=${address}`),
    ...gateways.map((gateway) => `Gateway=${gateway}`),
    ...dns.map((server) => `DNS=${server}`),
  ];
  if (addresses.length === 0) lines.push("", "[DHCPv4]", "ClientIdentifier=mac");
  return lines.join("\n") + "\n";
}

/** A file of chrony's sources. */
export function ntpText(servers: readonly string[]): string {
  return servers.map((server) => `server ${server} iburst\n`).join("");
}
