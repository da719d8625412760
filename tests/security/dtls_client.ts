/**
 * A DTLS peer that is neither ours nor a browser's: the openssl program, which tells the keys.
 *
 * @module
 */

import { type Address, type Agent, Daemon, must, type Netns, until } from "../support/mod.ts";

/** Keys of an association, each a master key with its salt. */
export interface AgreedKeys {
  /** What the client sends with. */
  readonly client: Uint8Array;
  /** What the server sends with. */
  readonly server: Uint8Array;
}

/** A certificate, made anew. */
export interface Certificate {
  /** File with certificate and key. */
  readonly file: string;
  /** As `a=fingerprint` writes it. */
  readonly fingerprint: string;
}

/** Makes a certificate in a folder. */
export async function makeCertificate(folder: string, name: string): Promise<Certificate> {
  const [key, certificate] = [`${folder}/${name}.key`, `${folder}/${name}.crt`];
  await must(
    ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"].concat(
      ["-nodes", "-days", "2", "-subj", "/CN=phone", "-keyout", key, "-out", certificate],
    ),
  );
  const file = `${folder}/${name}.pem`;
  const parts = [await Deno.readTextFile(certificate), await Deno.readTextFile(key)];
  await Deno.writeTextFile(file, parts.join(""));
  const printed = await must(["openssl", "x509", "-in", file, "-noout", "-fingerprint", "-sha256"]);
  return { file, fingerprint: `sha-256 ${printed.trim().split("=")[1]}` };
}

/** SRTP protection profiles (RFC 5764, RFC 7714) as OpenSSL names them. */
const PROFILES = {
  "AES_CM_128_HMAC_SHA1_80": { name: "SRTP_AES128_CM_SHA1_80", key: 16, salt: 14 },
  "AES_CM_128_HMAC_SHA1_32": { name: "SRTP_AES128_CM_SHA1_32", key: 16, salt: 14 },
  "AEAD_AES_128_GCM": { name: "SRTP_AEAD_AES_128_GCM", key: 16, salt: 12 },
  "AEAD_AES_256_GCM": { name: "SRTP_AEAD_AES_256_GCM", key: 32, salt: 12 },
} as const;

/** Suites that DTLS can agree on. */
export type DtlsSuite = keyof typeof PROFILES;

/** All of them. */
export const DTLS_SUITES = Object.keys(PROFILES) as readonly DtlsSuite[];

/** A handshake to make. */
export interface Handshake {
  /** Address and port it speaks from. */
  readonly from: Address;
  /** The relay's. A server waits for whoever comes. */
  readonly to: Address;
  readonly certificate: Certificate;
  /** The only suite; AES_CM_128_HMAC_SHA1_80 when absent. */
  readonly suite?: DtlsSuite;
  /** Whether the program waits for the relay's ClientHello. */
  readonly server?: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
}

/**
 * Shakes hands with a relay and returns the keys. The program is killed, so that it says no good-bye; its
 * port can then be bound by somebody else.
 *
 * @param begin what makes the relay begin, when the program is the server
 */
export async function shakeHands(
  ns: Netns,
  { from, to, certificate, suite = "AES_CM_128_HMAC_SHA1_80", server = false, timeout = 5000 }:
    Handshake,
  begin?: () => Promise<void>,
): Promise<AgreedKeys> {
  const { name, key, salt } = PROFILES[suite];
  const length = 2 * (key + salt);
  const ends = server
    ? ["s_server", "-accept", `${from.host}:${from.port}`]
    : ["s_client", "-bind", `${from.host}:${from.port}`, "-connect", `${to.host}:${to.port}`];
  const program = new Daemon(
    "openssl",
    ns.argv([
      ...["openssl", ...ends, "-dtls1_2", "-use_srtp", name, "-cert", certificate.file],
      ...["-keymatexport", "EXTRACTOR-dtls_srtp", "-keymatexportlen", String(length)],
    ]),
  );
  const digits = new RegExp(`[0-9A-F]{${2 * length}}`);
  try {
    if (server) await program.line(/^ACCEPT/);
    await begin?.();
    const line = await program.line(
      new RegExp(`Keying material: ${digits.source}`),
      timeout,
    );
    const bytes = Uint8Array.from(
      digits.exec(line)?.[0].match(/../g) ?? [],
      (pair) => parseInt(pair, 16),
    );
    // client key, server key, client salt, server salt (RFC 5764 section 4.2)
    const part = (at: number) =>
      Uint8Array.of(
        ...bytes.subarray(at * key, (at + 1) * key),
        ...bytes.subarray(2 * key + at * salt, 2 * key + (at + 1) * salt),
      );
    return { client: part(0), server: part(1) };
  } finally {
    if (!program.ended) Deno.kill(program.pid, "SIGKILL");
    await program.stop();
  }
}

/** The first flight of a client that means it, as the openssl program sends it to a socket of ours. */
export async function honestHello(ns: Netns, agent: Agent, host: string): Promise<string> {
  const socket = await agent.bind(host);
  const program = new Daemon(
    "openssl",
    ns.argv([
      ...["openssl", "s_client", "-dtls1_2", "-use_srtp", "SRTP_AES128_CM_SHA1_80"],
      ...["-connect", `${host}:${socket.at.port}`],
    ]),
  );
  try {
    return await until("a ClientHello has come", async () => (await socket.take())[0]?.data);
  } finally {
    await program.stop();
    await socket.close();
  }
}
