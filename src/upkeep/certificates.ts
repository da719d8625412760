/**
 * The certificate of the HTTPS listeners as the browser changes it: an uploaded one in place of the
 * self-signed one, and back. Whatever goes wrong, the one before it is presented again.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import {
  type CertificateFacts,
  describeCertificates,
  generatedIdentity,
  type Identity,
  inspectChain,
  makeIdentity,
  removeUploaded,
  storeUploaded,
  uploadedIdentity,
} from "../tls/mod.ts";
import { reasonOf, UpkeepError } from "./error.ts";

/** Where the certificate in use comes from. */
export type CertificateOrigin = "none" | "generated" | "uploaded" | "option";

/** What the HTTPS listeners present. */
export interface Presented {
  /** Where it comes from. */
  readonly origin: CertificateOrigin;
  /** Its file; undefined with `none`. */
  readonly path: string | undefined;
  /** Chain and key; undefined with `none`. */
  readonly identity: Identity | undefined;
}

/** What {@link HttpsCertificate} works with. */
export interface CertificateParts {
  /** Directory of the generated and the uploaded files. */
  readonly directory: string;
  /** Host names and addresses for a self-signed certificate. */
  readonly names: () => readonly string[];
  /** What is presented now. */
  readonly presented: () => Presented;
  /** Reads the files again and presents what is in them. @throws Error; then nothing has changed */
  readonly present: () => Promise<void>;
  /** Certificates of those who issue client certificates, PEM; undefined = clients need none. */
  readonly clientIssuers: () => string | undefined;
  /** Clients without a certificate are refused. */
  readonly clientsMust: () => boolean;
  /** Time. */
  readonly clock: Clock;
}

/** What is to be shown of it. */
export interface CertificateView {
  /** Where it comes from. */
  readonly origin: CertificateOrigin;
  /** Its file. */
  readonly path?: string;
  /** The chain, the own certificate first. */
  readonly chain: readonly CertificateFacts[];
  /** Who issues client certificates. */
  readonly clientIssuers: readonly CertificateFacts[];
  /** Whether clients are asked for one. */
  readonly clientCertificates: "off" | "optional" | "required";
}

/** The certificate of the HTTPS listeners. */
export class HttpsCertificate {
  readonly #parts: CertificateParts;

  /** Presents nothing by itself. */
  constructor(parts: CertificateParts) {
    this.#parts = parts;
  }

  /** What is presented now, and whose client certificates are taken. */
  show(): CertificateView {
    const { presented, clientIssuers, clientsMust } = this.#parts;
    const { origin, path, identity } = presented();
    const issuers = clientIssuers();
    return {
      origin,
      ...(path === undefined ? {} : { path }),
      chain: identity === undefined ? [] : describeCertificates(identity.cert, "the certificate"),
      clientIssuers: issuers === undefined ? [] : describeCertificates(issuers, "https-client-ca"),
      clientCertificates: issuers === undefined ? "off" : clientsMust() ? "required" : "optional",
    };
  }

  /** The uploaded one with its key, for a backup; undefined when there is none. */
  uploaded(): { readonly cert: string; readonly key: string } | undefined {
    const found = uploadedIdentity(this.#parts.directory);
    return found && { cert: found.cert, key: found.key };
  }

  /**
   * Checks a chain with its key as a client would.
   *
   * @param host where the operator is just now; undefined = not known
   * @throws CertificateError saying why no client would take it
   */
  check(
    cert: string,
    key: string,
    host: string | undefined,
  ): { readonly identity: Identity; readonly warnings: readonly string[] } {
    const identity = makeIdentity(cert, key, "the certificate", "the private key");
    return { identity, warnings: inspectChain(identity, this.#parts.clock.wall(), host) };
  }

  /**
   * Keeps a chain with its key and presents it from now on.
   *
   * @returns what some clients will not like about it
   * @throws CertificateError, UpkeepError
   */
  async upload(cert: string, key: string, host: string | undefined): Promise<readonly string[]> {
    const { identity, warnings } = this.check(cert, key, host);
    this.#expectOurs("upload another one");
    await this.#replace(identity);
    return warnings;
  }

  /** Puts back what was uploaded before, or nothing. @throws UpkeepError when it cannot be kept */
  async restore(former: { readonly cert: string; readonly key: string } | undefined) {
    await this.#replace(
      former && makeIdentity(former.cert, former.key, "the certificate", "the private key"),
    );
  }

  /** Forgets the uploaded one. @throws UpkeepError when there is none */
  async remove(): Promise<void> {
    if (this.#parts.presented().origin !== "uploaded") {
      throw new UpkeepError("conflict", "no certificate was uploaded");
    }
    await this.#replace(undefined);
  }

  /** Makes a new self-signed one with a new key. @throws UpkeepError when another one is in use */
  async renew(): Promise<void> {
    const { directory, names, present, presented, clock } = this.#parts;
    this.#expectOurs("renew it");
    if (presented().origin === "uploaded") {
      throw new UpkeepError(
        "conflict",
        "the certificate in use was uploaded: only its issuer can renew it",
        "upload the new one, or remove it and use the self-signed one",
      );
    }
    await generatedIdentity(directory, names(), clock.wall(), true);
    await present();
  }

  async #replace(identity: Identity | undefined): Promise<void> {
    const { directory, present } = this.#parts;
    const former = uploadedIdentity(directory);
    try {
      if (identity === undefined) removeUploaded(directory);
      else storeUploaded(directory, identity);
      await present();
    } catch (error) {
      if (former === undefined) removeUploaded(directory);
      else storeUploaded(directory, former);
      await present().catch(() => {});
      throw new UpkeepError("conflict", `it cannot be put to use: ${reasonOf(error)}`);
    }
  }

  #expectOurs(what: string): void {
    const { origin, path } = this.#parts.presented();
    if (origin === "none") {
      throw new UpkeepError("conflict", "there is no listener for HTTPS", "set listen-https");
    }
    if (origin === "option") {
      throw new UpkeepError(
        "conflict",
        `the option https-cert names ${path}: whoever keeps that file must ${what}`,
        "replace the file and reload, or remove the option",
      );
    }
  }
}
