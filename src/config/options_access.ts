/**
 * Options of access: who may use the control listeners, with what.
 *
 * @module
 */

import { choice, choices, cidrs, path, texts } from "./types.ts";

/** Addresses of one kind of listener. */
function allow(listener: string) {
  return cidrs({
    ours: true,
    defaultText: "as control-allow",
    help: `Only these addresses may use the listeners of ${listener}, in place of control-allow`,
  });
}

/** Users, tokens, certificates, and what needs them. */
export const ACCESS = {
  "access-db": path({
    ours: true,
    metavar: "FILE",
    defaultText: "none: no users, no tokens, no admin API",
    help: "Database of users, tokens and the audit log, made when it is missing; a relative path " +
      "lies in data-dir. It turns the admin API on (/api/v1 on listen-https, and on listen-http " +
      "for this host); `none` turns it off",
  }),
  "history-db": path({
    ours: true,
    metavar: "FILE",
    defaultText: "none: charts begin anew with each start",
    help:
      "Database of what the dashboard's charts show, the last day, made when it is missing; a " +
      "relative path lies in data-dir; `none` keeps nothing",
  }),
  "control-auth": choices(["listen-tcp-ng", "listen-http", "listen-https", "listen-cli"], {
    ours: true,
    help: "These listeners answer only clients that have a token, or on listen-https a client " +
      "certificate: ng, metrics and command line interface alike. UDP has no credentials; " +
      "control-allow guards it",
  }),
  "https-client-ca": path({
    ours: true,
    metavar: "FILE",
    help: "Certificates (PEM) of those who issue client certificates for listen-https; such a " +
      "certificate is good for ng and metrics",
  }),
  "https-client-cert": choice(["optional", "required"], {
    ours: true,
    default: "optional",
    help: "Whether clients of listen-https without such a certificate are let in at all",
  }),
  "http-hosts": texts({
    ours: true,
    metavar: "NAME",
    defaultText: "any",
    help: "Host names that HTTP and WebSocket requests may ask for, besides addresses, localhost " +
      "and the name of this host; protects browsers in the network against DNS rebinding",
  }),
  "control-allow-ng": allow("listen-ng"),
  "control-allow-tcp-ng": allow("listen-tcp-ng"),
  "control-allow-http": allow("listen-http"),
  "control-allow-https": allow("listen-https"),
  "control-allow-cli": allow("listen-cli"),
  "control-allow-udp": allow("listen-udp"),
  "control-allow-tcp": allow("listen-tcp"),
};
