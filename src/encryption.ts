/**
 * What secure media needs of the system, put together: the DTLS certificate, made once and renewed, the
 * engine of handshakes, random bytes. Part of the composition root.
 *
 * @module
 */

import type { CallLog, SecureOptions } from "./call/mod.ts";
import type { Config } from "./config/mod.ts";
import type { Clock } from "./core/clock.ts";
import {
  type DtlsEngine,
  type Fingerprint,
  fingerprintOf,
  type HashName,
  nativeDtls,
} from "./dtls/mod.ts";
import type { SecureSource } from "./negotiate/mod.ts";
import { type DtlsLinks, locateLibrary } from "./relay/mod.ts";
import { DTLS_DAYS, type DtlsCertificateKind, makeDtlsCertificate } from "./tls/mod.ts";

/** A certificate is replaced when half of its life is over: whoever was told of it may still come. */
const RENEW_MS = DTLS_DAYS / 2 * 86_400_000;

/** What encryption is made of. */
export interface EncryptionParts {
  readonly config: Config;
  readonly clock: Clock;
  /** Asked for with the first handshake: what has them made. */
  readonly links: () => DtlsLinks;
  /** Where steps of ICE and DTLS are logged. */
  readonly logs: { readonly ice: CallLog; readonly crypto: CallLog };
  /** Told when a new certificate cannot be made. */
  readonly failed: (error: unknown) => void;
  /** Has what is due done after so many ms; replaces what was asked before. */
  readonly wake: (ms: number) => void;
}

/** What secure media needs of the system. */
export interface Encryption {
  /** For negotiation. */
  readonly source: SecureSource;
  /** For the calls. */
  readonly options: SecureOptions;
  /** Replaces the certificate when it is time; call it about once a second. Never rejects. */
  tick(): Promise<void>;
}

/**
 * Makes the certificate and what works with it.
 *
 * @throws Error when the key cannot be made or the ciphers cannot be used
 */
export async function openEncryption(parts: EncryptionParts): Promise<Encryption> {
  const { config, clock, links, logs, failed, wake } = parts;
  const kind: DtlsCertificateKind = {
    cipher: config["dtls-cert-cipher"] as DtlsCertificateKind["cipher"],
    rsaBits: config["dtls-rsa-key-size"],
    signature: config["dtls-signature"] as DtlsCertificateKind["signature"],
  };
  const library = locateLibrary();
  const ciphers = config["dtls-ciphers"];
  const open = async (): Promise<Current> => {
    const now = clock.wall();
    const { certificate, key } = await makeDtlsCertificate(kind, now);
    const engine = nativeDtls({
      library,
      links,
      certificate,
      key,
      mtu: config["dtls-mtu"],
      ...(ciphers === undefined ? {} : { ciphers }),
    });
    return { engine, made: now, fingerprints: new Map() };
  };
  let current = await open();
  let renewing = false;
  const renew = async (): Promise<void> => {
    renewing = true;
    try {
      // the engine before it stays: a call may still have a handshake under its certificate
      current = await open();
    } catch (error) {
      failed(error);
    } finally {
      renewing = false;
    }
  };
  return {
    source: {
      random,
      fingerprint: (hash) => fingerprintUnder(current, hash),
      dtlsPassive: config["dtls-passive"],
    },
    options: {
      dtls: () => current.engine,
      random,
      logs,
      logKeys: config["log-srtp-keys"],
      wake,
    },
    async tick() {
      if (!renewing && clock.wall() - current.made >= RENEW_MS) await renew();
    },
  };
}

/** A certificate in use. */
interface Current {
  readonly engine: DtlsEngine;
  /** Wall-clock ms. */
  readonly made: number;
  readonly fingerprints: Map<HashName, Fingerprint>;
}

function fingerprintUnder({ engine, fingerprints }: Current, hash: HashName): Fingerprint {
  let known = fingerprints.get(hash);
  if (known === undefined) fingerprints.set(hash, known = fingerprintOf(engine.certificate, hash));
  return known;
}

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
