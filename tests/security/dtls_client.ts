/**
 * A DTLS client that is neither ours nor a browser's: the openssl program, which tells the keys.
 *
 * @module
 */

import { Daemon, must, type Netns } from "../support/mod.ts";
import type { Address } from "../support/mod.ts";

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

/**
 * Shakes hands with a relay and returns the keys. The program is killed, so that it says no good-bye; its
 * port can then be bound by somebody else.
 *
 * @param from address and port it speaks from
 * @param timeout milliseconds
 */
export async function shakeHands(
  ns: Netns,
  { from, to, certificate, timeout = 5000 }: {
    from: Address;
    to: Address;
    certificate: Certificate;
    timeout?: number;
  },
): Promise<AgreedKeys> {
  const program = new Daemon(
    "openssl",
    ns.argv([
      ..."openssl s_client -dtls1_2 -use_srtp SRTP_AES128_CM_SHA1_80 -keymatexport".split(" "),
      ..."EXTRACTOR-dtls_srtp -keymatexportlen 60 -cert".split(" "),
      ...[certificate.file, "-bind", `${from.host}:${from.port}`],
      ...["-connect", `${to.host}:${to.port}`],
    ]),
  );
  try {
    const line = await program.line(/Keying material: [0-9A-F]{120}/, timeout);
    const digits = /[0-9A-F]{120}/.exec(line)?.[0] ?? "";
    const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    // client key, server key, client salt, server salt (RFC 5764 section 4.2)
    const part = (key: number, salt: number) =>
      Uint8Array.of(...bytes.subarray(key, key + 16), ...bytes.subarray(salt, salt + 14));
    return { client: part(0, 32), server: part(16, 46) };
  } finally {
    if (!program.ended) Deno.kill(program.pid, "SIGKILL");
    await program.stop();
  }
}
