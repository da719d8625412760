/**
 * A client of the admin API.
 *
 * @module
 */

import type { AuditEntry, Role, Scope, Token, User } from "../access/mod.ts";
import type { KeptEntry, LogFilter } from "../log/mod.ts";
import type {
  AllowListReport,
  AppliedReport,
  CallReport,
  CallRow,
  CallSummary,
  CaptureReport,
  CertificateReport,
  ClientsReport,
  ConfigurationFileReport,
  ConfigurationReport,
  HealthReport,
  HistoryReport,
  LiveReport,
  ProposalReport,
  RestorePart,
  RestoreReport,
  RevisionReport,
  StatusReport,
  SystemReport,
} from "../web/mod.ts";
import { type ClientOptions, Connection } from "./connection.ts";

/** Which calls {@link AdminClient.calls} gives. */
export interface CallFilter {
  /** Part of a call-id, tag, label, metadata, address or codec. */
  readonly search?: string;
  /** Only calls in this state. */
  readonly state?: CallSummary["state"];
  /** Only calls whose packets are forwarded there. */
  readonly forwarder?: CallRow["forwarder"];
  /** Only calls with this wrong. */
  readonly problem?: NonNullable<CallRow["problem"]>;
  /** Only calls that lose more than so many percent, 0..100. */
  readonly lossOver?: number;
  /**
   * `newest` (when absent), `oldest`, or up to four of `id`, `state`, `started`, `duration`, `parties`,
   * `media`, `packets`, `loss`, `mos`, `from`, with commas between them, each with a minus in front for the
   * greatest first: `-loss,started`.
   */
  readonly sort?: string;
  /** Calls left out at the beginning. */
  readonly offset?: number;
  /** At most so many, 1..500 (50). */
  readonly limit?: number;
}

/** A page of calls. */
export interface CallPage {
  /** Calls that match. */
  readonly total: number;
  /** Calls left out at the beginning. */
  readonly offset: number;
  /** The page. */
  readonly calls: readonly CallRow[];
}

/** Which entries of the audit log {@link AdminClient.audit} gives. */
export interface AuditFilter {
  /** Only entries before this number: the next page. */
  readonly before?: number;
  /** At most so many, 1..500 (100). */
  readonly limit?: number;
  /** Only changes, or only refusals. */
  readonly kind?: AuditEntry["kind"];
}

/** An entry of the audit log, with what it was before and is after. */
export type AuditReport = Omit<AuditEntry, "before" | "after"> & {
  /** What it was. */
  readonly before?: unknown;
  /** What it is now. */
  readonly after?: unknown;
};

/** When a capture ends by itself. */
export interface CaptureRequest {
  /** 1..600 (60). */
  readonly seconds?: number;
  /** Size of the file, up to 64 MiB (16 MiB). */
  readonly bytes?: number;
  /** Up to a million (100,000). */
  readonly packets?: number;
}

/** Asks the admin API with a token of the scope `read` or `admin`. */
export class AdminClient {
  readonly #connection: Connection;

  /** A client; nothing is asked yet. */
  constructor(options: ClientOptions) {
    this.#connection = new Connection(options);
  }

  /** Version, uptime, totals, ports. @throws AdminError */
  status(): Promise<StatusReport> {
    return this.#ask("GET", "/status");
  }

  /** What is well, what is not, and what to do. @throws AdminError */
  health(): Promise<HealthReport> {
    return this.#ask("GET", "/health");
  }

  /** The host, the version of the program, update slots. @throws AdminError */
  system(): Promise<SystemReport> {
    return this.#ask("GET", "/system");
  }

  /** Numbers of the last second. @throws AdminError */
  now(): Promise<LiveReport> {
    return this.#ask("GET", "/now");
  }

  /** Numbers over the last five minutes, hour or day; all fields unless some are named. @throws AdminError */
  history(
    range: HistoryReport["range"] = "5m",
    fields: readonly string[] = [],
  ): Promise<HistoryReport> {
    const names = fields.length === 0 ? {} : { fields: fields.join(",") };
    return this.#ask("GET", `/history${queryOf({ range, ...names })}`);
  }

  /** Who sends control requests, how long they take, what goes wrong. @throws AdminError */
  clients(): Promise<ClientsReport> {
    return this.#ask("GET", "/clients");
  }

  /** A page of the calls that match. @throws AdminError */
  calls(filter: CallFilter = {}): Promise<CallPage> {
    return this.#ask("GET", `/calls${queryOf(filter)}`);
  }

  /** One call. @throws AdminError with the status 404 when there is none */
  call(id: string): Promise<CallReport> {
    return this.#ask("GET", `/calls/${encodeURIComponent(id)}`);
  }

  /** Ends a call. @throws AdminError */
  terminate(id: string): Promise<void> {
    return this.#ask("DELETE", `/calls/${encodeURIComponent(id)}`);
  }

  /** Keeps media, voices or digits of a call back, or lets them pass again. @throws AdminError */
  block(
    id: string,
    what: "media" | "silence" | "dtmf",
    blocked: boolean,
    tag?: string,
  ): Promise<void> {
    const body = { what, blocked, ...(tag === undefined ? {} : { tag }) };
    return this.#ask("POST", `/calls/${encodeURIComponent(id)}/block`, body);
  }

  /** Carries out an ng command with the rights of an administrator. @throws AdminError */
  ng(
    message: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly reply: unknown; readonly milliseconds: number }> {
    return this.#ask("POST", "/ng", { message });
  }

  /** Begins to capture the packets of a call. @throws AdminError */
  startCapture(id: string, limits: CaptureRequest = {}): Promise<CaptureReport> {
    return this.#ask("POST", `/calls/${encodeURIComponent(id)}/capture`, limits);
  }

  /** Captures that run or wait to be read. @throws AdminError */
  captures(): Promise<readonly CaptureReport[]> {
    return this.#ask("GET", "/captures");
  }

  /** One capture. @throws AdminError */
  capture(id: string): Promise<CaptureReport> {
    return this.#ask("GET", `/captures/${encodeURIComponent(id)}`);
  }

  /** Ends a capture; it stays to be read. @throws AdminError */
  stopCapture(id: string): Promise<CaptureReport> {
    return this.#ask("POST", `/captures/${encodeURIComponent(id)}/stop`);
  }

  /** A capture as a pcapng file; it ends, and is gone then. @throws AdminError */
  readCapture(id: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.#connection.file("POST", `/api/v1/captures/${encodeURIComponent(id)}/file`);
  }

  /** Ends a capture and forgets it. @throws AdminError */
  removeCapture(id: string): Promise<void> {
    return this.#ask("DELETE", `/captures/${encodeURIComponent(id)}`);
  }

  /** The newest log entries that match, oldest first. @throws AdminError */
  logs(
    filter: LogFilter & { readonly after?: number; readonly limit?: number } = {},
  ): Promise<{ readonly last: number; readonly entries: readonly KeptEntry[] }> {
    return this.#ask("GET", `/logs${queryOf(filter)}`);
  }

  /** The log entries that match as a text. @throws AdminError */
  async logFile(filter: LogFilter = {}): Promise<string> {
    const bytes = await this.#connection.file("GET", `/api/v1/logs/file${queryOf(filter)}`);
    return new TextDecoder().decode(bytes);
  }

  /** All users. @throws AdminError */
  users(): Promise<readonly User[]> {
    return this.#ask("GET", "/users");
  }

  /** Adds a user. @throws AdminError */
  createUser(
    user: { readonly name: string; readonly role: Role; readonly password: string },
  ): Promise<User> {
    return this.#ask("POST", "/users", user);
  }

  /** Changes the role or the password of a user. @throws AdminError */
  changeUser(
    name: string,
    change: { readonly role?: Role; readonly password?: string },
  ): Promise<User> {
    return this.#ask("PATCH", `/users/${encodeURIComponent(name)}`, change);
  }

  /** Removes a user. @throws AdminError */
  removeUser(name: string): Promise<void> {
    return this.#ask("DELETE", `/users/${encodeURIComponent(name)}`);
  }

  /** All tokens, without their text. @throws AdminError */
  tokens(): Promise<readonly Token[]> {
    return this.#ask("GET", "/tokens");
  }

  /** Makes a token; its text is shown this once. @throws AdminError */
  createToken(
    token: { readonly name: string; readonly scopes: readonly Scope[]; readonly expires?: number },
  ): Promise<{ readonly token: Token; readonly text: string }> {
    return this.#ask("POST", "/tokens", token);
  }

  /** Ends a token. @throws AdminError */
  revokeToken(id: string): Promise<void> {
    return this.#ask("DELETE", `/tokens/${encodeURIComponent(id)}`);
  }

  /** What was changed and refused, newest first. @throws AdminError */
  audit(filter: AuditFilter = {}): Promise<readonly AuditReport[]> {
    return this.#ask("GET", `/audit${queryOf(filter)}`);
  }

  /** What HTTPS presents. @throws AdminError */
  certificate(): Promise<CertificateReport> {
    return this.#ask("GET", "/certificate");
  }

  /** Presents another certificate from now on. @throws AdminError saying why no client would take it */
  uploadCertificate(
    certificate: string,
    key?: string,
  ): Promise<{ readonly warnings: readonly string[]; readonly certificate: CertificateReport }> {
    return this.#ask("PUT", "/certificate", { certificate, ...(key === undefined ? {} : { key }) });
  }

  /** Goes back to the self-signed certificate. @throws AdminError */
  removeCertificate(): Promise<void> {
    return this.#ask("DELETE", "/certificate");
  }

  /** Makes a new self-signed certificate. @throws AdminError */
  renewCertificate(): Promise<CertificateReport> {
    return this.#ask("POST", "/certificate/renew");
  }

  /** Every option in effect. @throws AdminError */
  configuration(): Promise<ConfigurationReport> {
    return this.#ask("GET", "/configuration");
  }

  /** The configuration file. @throws AdminError */
  configurationFile(): Promise<ConfigurationFileReport> {
    return this.#ask("GET", "/configuration/file");
  }

  /** What would come of a change; nothing is changed. @throws AdminError */
  proposeConfiguration(
    proposal: {
      readonly text?: string;
      readonly changes?: readonly { readonly name: string; readonly value?: string }[];
    },
  ): Promise<ProposalReport> {
    return this.#ask("POST", "/configuration/proposal", proposal);
  }

  /**
   * Writes the configuration file and puts it into effect.
   *
   * @param version of the file that was edited
   * @throws AdminError
   */
  applyConfiguration(text: string, version: string, comment = ""): Promise<AppliedReport> {
    return this.#ask("PUT", "/configuration/file", { text, version, comment });
  }

  /** Former configurations, newest first. @throws AdminError */
  revisions(): Promise<readonly RevisionReport[]> {
    return this.#ask("GET", "/configuration/history");
  }

  /** A former configuration. @throws AdminError */
  revision(number: number): Promise<Omit<RevisionReport, "current"> & { readonly text: string }> {
    return this.#ask("GET", `/configuration/history/${number}`);
  }

  /** Goes back to a former configuration. @throws AdminError */
  revertConfiguration(number: number): Promise<AppliedReport> {
    return this.#ask("POST", `/configuration/history/${number}/revert`);
  }

  /** Who may use which control listener. @throws AdminError */
  allowLists(): Promise<readonly AllowListReport[]> {
    return this.#ask("GET", "/allow-lists");
  }

  /** Changes an allow-list; without entries there is none. @throws AdminError */
  changeAllowList(option: string, entries: readonly string[]): Promise<AppliedReport> {
    return this.#ask("PUT", `/allow-lists/${encodeURIComponent(option)}`, { entries });
  }

  /** A backup; with a passphrase the secrets are in it, sealed. @throws AdminError */
  async backup(passphrase?: string): Promise<string> {
    const body = passphrase === undefined ? {} : { passphrase };
    return new TextDecoder().decode(await this.#connection.file("POST", "/api/v1/backup", body));
  }

  /** What restoring a backup would change. @throws AdminError */
  inspectBackup(backup: string, passphrase?: string): Promise<RestoreReport> {
    const body = { backup, ...(passphrase === undefined ? {} : { passphrase }) };
    return this.#ask("POST", "/restore/inspection", body);
  }

  /** Takes parts of a backup over, all or nothing. @throws AdminError */
  restore(
    backup: string,
    parts: readonly RestorePart[],
    passphrase?: string,
  ): Promise<RestoreReport> {
    const body = { backup, parts, ...(passphrase === undefined ? {} : { passphrase }) };
    return this.#ask("POST", "/restore", body);
  }

  /** An archive (tar, gzip) for whoever helps; no secrets. @throws AdminError */
  supportBundle(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#connection.file("POST", "/api/v1/support-bundle");
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    return await this.#connection.ask(method, `/api/v1${path}`, body) as T;
  }
}

function queryOf(filter: object): string {
  const query = new URLSearchParams(
    Object.entries(filter).filter(([, value]) => value !== undefined)
      .map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return query === "" ? "" : `?${query}`;
}
