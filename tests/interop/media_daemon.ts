/**
 * The media relay under test in the rig's core: the product, or the oracle to prove the rig itself.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  commonArguments,
  oracleFolder,
  type RtpengineOptions,
  waitForPong,
} from "../oracle/mod.ts";
import { type Address, Daemon, must } from "../support/mod.ts";
import { ADDRESS, type Rig } from "./rig.ts";

const MAIN = fileURLToPath(new URL("../../mod.ts", import.meta.url));
const HOST = "127.0.0.1";

/** Ports of the control listeners, all on the core's loopback address. */
export const CONTROL = { udp: 2223, tcp: 2224, http: 2225, https: 2226 } as const;

/** Media ports, inclusive. */
export const MEDIA = { min: 30_000, max: 30_199 } as const;

/** Which program relays. */
export type Relay = "rtpedge" | "rtpengine";

/**
 * The relay under test: the product, unless `RTPEDGE_INTEROP_RELAY=rtpengine` asks for the same tests
 * with the oracle.
 */
export const UNDER_TEST: Relay = Deno.env.get("RTPEDGE_INTEROP_RELAY") === "rtpengine"
  ? "rtpengine"
  : "rtpedge";

/** Address of the ng listener over UDP. */
export const NG: Address = { host: HOST, port: CONTROL.udp };

/**
 * Starts a relay with every control listener and two interfaces, `inside` and `outside`.
 *
 * @param extra further options
 */
export async function startRelay(
  rig: Rig,
  relay: Relay,
  extra: readonly string[] = [],
): Promise<Daemon> {
  await certificate(rig);
  const inOracle = relay === "rtpengine";
  const file = (name: string) => inOracle ? rig.folder.inside(name) : rig.folder.path(name);
  const options: RtpengineOptions = {
    ns: rig.core.ns,
    agent: rig.core.agent,
    host: HOST,
    port: CONTROL.udp,
    interfaces: [
      `inside/${ADDRESS.coreA}`,
      `outside/${ADDRESS.coreB}`,
      `outside/${ADDRESS.coreB6}`,
    ],
    portMin: MEDIA.min,
    portMax: MEDIA.max,
    extra: [
      `--listen-tcp-ng=${HOST}:${CONTROL.tcp}`,
      `--listen-http=${HOST}:${CONTROL.http}`,
      `--listen-https=${HOST}:${CONTROL.https}`,
      `--https-cert=${file("cert.pem")}`,
      `--https-key=${file("key.pem")}`,
      `--pidfile=${file("relay.pid")}`,
      "--delete-delay=0",
      ...extra,
    ],
  };
  const program = inOracle
    ? ["chroot", oracleFolder(), "rtpengine"]
    : [Deno.execPath(), "run", "-A", "--no-check", MAIN];
  const daemon = rig.use(
    new Daemon(relay, rig.core.ns.argv([...program, ...commonArguments(options)])),
  );
  await waitForPong(daemon, options, 30_000);
  return daemon;
}

/** Makes a self-signed certificate for the core's loopback address. */
async function certificate(rig: Rig): Promise<void> {
  await must(
    ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"].concat(
      ["-nodes", "-days", "2", "-subj", `/CN=${HOST}`, "-addext", `subjectAltName=IP:${HOST}`],
      ["-keyout", join(rig.folder.outside, "key.pem"), "-out", rig.folder.path("cert.pem")],
    ),
  );
}
