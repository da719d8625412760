/**
 * Options of the network: interfaces, ports, how media is handled, and who controls the daemon from where.
 *
 * @module
 */

import { later } from "./option.ts";
import {
  choice,
  cidrs,
  flag,
  integer,
  listen,
  path,
  peer,
  period,
  seconds,
  text,
  texts,
} from "./types.ts";

/** Addresses and ports of media. */
export const INTERFACES = {
  "interface": texts({
    short: "i",
    metavar: "[NAME/]ADDRESS[!ADVERTISED]",
    help: "Local address for media: an address, a network interface, a host name, or `any`; " +
      "ADVERTISED is written into SDP instead. NAME=OTHER makes a second name",
  }),
  "interfaces-config": text({
    metavar: "PREFIX",
    surface: "everywhere",
    help: "Take interfaces from the sections [PREFIX-NAME] of the configuration file as well",
  }),
  "port-min": integer({
    short: "m",
    default: 30000,
    min: 1,
    max: 65535,
    help: "Lowest port for media",
  }),
  "port-max": integer({
    short: "M",
    default: 39999,
    min: 1,
    max: 65535,
    help: "Highest port for media",
  }),
  "save-interface-ports": flag({
    short: "S",
    help: "Open ports on one address of an interface only, so that ICE has one candidate",
  }),
};

/** What is done with media by default. */
export const MEDIA = {
  "endpoint-learning": choice(["delayed", "immediate", "off", "heuristic"], {
    default: "heuristic",
    help: "How the real address of an endpoint behind NAT is learned from its packets",
  }),
  "strict-source": flag({
    ours: true,
    help: "Treat every stream as if `strict source` were asked for: after learning, packets " +
      "from other addresses are dropped",
  }),
  "sip-source": flag({
    help: "Trust the SIP source address that the proxy reports more than the address in SDP",
  }),
  "tos": integer({
    short: "T",
    default: 0,
    min: 0,
    max: 255,
    help: "TOS byte of media packets",
  }),
  "reject-invalid-sdp": flag({ help: "Refuse SDP that breaks the grammar; always done" }),
};

/** Statistics sent to a Graphite server. */
export const GRAPHITE = {
  "graphite": peer({ short: "g", help: "Send statistics to this Graphite server" }),
  "graphite-interval": period({ short: "G", default: 1, help: "How often they are sent" }),
  "graphite-prefix": text({ default: "", help: "Text before each Graphite name" }),
  "graphite-timeout": seconds({
    default: 0,
    defaultText: "as long as the system waits",
    help: "Longest wait for the Graphite server to connect or to take what is sent",
  }),
};

/** How the SIP proxy and the operator reach the daemon. */
export const CONTROL = {
  "templates": text({
    metavar: "SECTION",
    help: "Section of the configuration file with signalling templates: NAME = flag string, " +
      "for every message (`default`), for those of a command, or for those that name it",
  }),
  "listen-ng": listen({
    short: "n",
    help: "Listen for the ng protocol on UDP",
  }),
  "listen-tcp-ng": listen({
    short: "N",
    help: "Listen for the ng protocol on TCP",
  }),
  "listen-http": listen({
    help: "Listen for HTTP and WebSockets: ng, command line interface, metrics",
  }),
  "listen-https": listen({
    help: "Listen for HTTPS and secure WebSockets",
  }),
  "https-cert": path({
    metavar: "FILE",
    defaultText: "made in data-dir",
    help: "Certificate (PEM, with its chain) for HTTPS",
  }),
  "https-key": path({
    metavar: "FILE",
    defaultText: "in https-cert",
    help: "Private key (PEM) for HTTPS",
  }),
  "listen-cli": listen({
    short: "c",
    help: "Listen for the command line interface on TCP",
  }),
  "listen-udp": listen({ short: "u", help: "Listen for the older rtpproxy protocol on UDP" }),
  "listen-tcp": listen({ short: "l", help: "Listen for the older mediaproxy protocol on TCP" }),
  "control-allow": cidrs({
    ours: true,
    defaultText: "everyone",
    help: "Only these addresses may use the control listeners; others are not answered",
  }),
  "control-rate": integer({
    ours: true,
    default: 0,
    min: 0,
    max: 10_000_000,
    unit: "requests/s",
    help: "Most control requests taken from one address; 0 = no limit",
  }),
  "control-tos": integer({
    default: 0,
    min: 0,
    max: 255,
    help: "TOS byte of answers to ng requests",
  }),
};

/** Control that is not built yet. */
export const CONTROL_LATER = later("tuning", {
  "http-threads": integer({
    defaultText: "as num-threads",
    help: "Threads for HTTP and WebSockets",
  }),
  "http-buf-size": integer({ unit: "kB", help: "Send buffer of an HTTP connection" }),
  "http-idle-timeout": integer({
    default: 0,
    min: 0,
    unit: "s",
    help: "Close an idle HTTP connection after this long; 0 = 5 s",
  }),
  "control-pmtu": choice(["want", "dont"], {
    help: "Whether control datagrams may be fragmented: `want` discovers the path MTU",
  }),
  "ng-client-timeout": integer({
    default: 50,
    min: 0,
    unit: "ms",
    help: "Time to wait for the answer to an ng request sent by the daemon",
  }),
  "ng-client-retries": integer({
    default: 5,
    min: 0,
    help: "How often an ng request sent by the daemon is repeated",
  }),
});

/** The Janus API. */
export const JANUS_LATER = later("publish/subscribe", {
  "janus-secret": text({ secret: true, help: "Secret for the administration of the Janus API" }),
});
