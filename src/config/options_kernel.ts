/**
 * Options of the kernel module and of the packet filter.
 *
 * @module
 */

import { later } from "./option.ts";
import { choice, flag, integer, text } from "./types.ts";

/** The kernel module. */
export const KERNEL = {
  "table": integer({
    short: "t",
    default: -1,
    min: -1,
    max: 63,
    help: "Forwarding table of the kernel module; -1 relays in user space",
  }),
  "no-fallback": flag({
    short: "F",
    help: "Do not start when the kernel module cannot be used",
  }),
  "kernel-hook": choice(["input", "early", "off"], {
    ours: true,
    default: "input",
    help:
      "How packets get to the kernel module: `input` behind the firewall rules for this host, " +
      "`early` before connection tracking and firewall rules, `off` by a rule " +
      "`-j RTPENGINE --id TABLE` of the operator's",
  }),
  "kernel-mark": integer({
    ours: true,
    default: 0,
    min: 0,
    max: 0xffffffff,
    defaultText: "every packet",
    help: "The hook only takes packets with this mark, which a rule of nftables has set before it",
  }),
  "kernel-slots": integer({
    default: 0,
    min: 0,
    max: 131072,
    defaultText: "as many as there can be",
    help: "Ports the kernel module has room for, about 600 bytes each; others stay in user space",
  }),
};

/** Firewall rules for the media ports that are open. */
export const FIREWALL = {
  "iptables-chain": text({
    help: "Chain of iptables and ip6tables that gets one rule for each open media port",
  }),
  "nftables-chain": text({
    defaultText: "none",
    help: "Chain of nftables that lets packets for open media ports in",
  }),
  "nftables-base-chain": text({
    default: "INPUT",
    help: "Base chain that leads to the managed chain; `none` makes no such rule",
  }),
  "nftables-append": flag({ help: "Add that rule behind existing ones instead of before them" }),
  "nftables-family": choice(["ip", "ip6", "ip,ip6", "inet"], {
    default: "ip,ip6",
    help: "Address families of the managed chain",
  }),
  "nftables-start": flag({ surface: "command line", help: "Make the chain of nftables and exit" }),
  "nftables-stop": flag({ surface: "command line", help: "Remove the chain of nftables and exit" }),
  "nftables-status": flag({
    surface: "command line",
    help: "Tell whether the chain of nftables exists and exit",
  }),
};

/** Of the kernel module, but not built yet. */
export const KERNEL_LATER = later("kernel forwarding", {
  "xtables": flag({ help: "Use iptables instead of nftables" }),
  "kernel-num-threads": integer({
    default: -1,
    defaultText: "as num-threads",
    help: "Threads of the kernel module",
  }),
  "kernel-player": integer({ default: 0, help: "Streams that the kernel may play media to" }),
  "kernel-player-media": integer({ default: 128, help: "Media files the kernel may hold" }),
});
