/**
 * The answers of the admin API about upkeep.
 *
 * @module
 */

import { LEVEL_NAMES } from "../../log/mod.ts";
import {
  boolean,
  type Infer,
  integer,
  list,
  object,
  oneOf,
  optional,
  record,
  Shape,
  string,
} from "./schema.ts";

const COUNT = integer(0, Number.MAX_SAFE_INTEGER);
const TIME = integer(0, Number.MAX_SAFE_INTEGER, "milliseconds since 1970");
const TEXT = string({ max: 1 << 20 });
const TEXTS = list(TEXT);

/** A line of the log. */
export const LOG_ENTRY = new Shape({
  number: integer(1, Number.MAX_SAFE_INTEGER, "rises by one with every entry"),
  time: TIME,
  level: oneOf(LEVEL_NAMES),
  subsystem: TEXT,
  callId: optional(TEXT),
  message: TEXT,
  fields: record(TEXT, "details; secrets are masked"),
});

/** Lines of the log. */
export const LOG_PAGE = new Shape({
  last: integer(0, Number.MAX_SAFE_INTEGER, "number of the newest entry there is"),
  entries: list(LOG_ENTRY),
});

/** A certificate. */
export const CERTIFICATE_FACTS = new Shape({
  subject: TEXT,
  issuer: TEXT,
  names: TEXTS,
  notBefore: TIME,
  notAfter: TIME,
  fingerprint: string({ max: 128, about: "SHA-256" }),
  key: TEXT,
  selfSigned: boolean(),
});

/** What HTTPS presents. */
export const CERTIFICATE = new Shape({
  origin: oneOf(
    ["none", "generated", "uploaded", "option"],
    "made by the program, uploaded here, files of the option https-cert, or no HTTPS at all",
  ),
  path: optional(TEXT),
  chain: list(CERTIFICATE_FACTS, { about: "the own certificate first" }),
  clientIssuers: list(CERTIFICATE_FACTS, { about: "who issues client certificates" }),
  clientCertificates: oneOf(["off", "optional", "required"]),
});

/** What an upload came to. */
export const CERTIFICATE_UPLOADED = new Shape({
  warnings: list(TEXT, { about: "what some clients will not like" }),
  certificate: CERTIFICATE,
});

/** An allow-list. */
export const ALLOW_LIST = new Shape({
  listener: string({ max: 32, about: "option of the listener, as listen-https" }),
  option: string({ max: 32, about: "option of its allow-list" }),
  addresses: list(TEXT, { about: "where it listens" }),
  own: list(TEXT, { about: "its own entries; empty = those of control-allow" }),
  effective: list(TEXT, { about: "who may use it; empty = everybody" }),
  credential: boolean("clients need a token or a client certificate"),
});

/** A changed option. */
export const OPTION_CHANGE = new Shape({
  name: TEXT,
  before: TEXT,
  after: TEXT,
  live: boolean("takes effect without a restart"),
});

/** The configuration file. */
export const CONFIGURATION_FILE = new Shape({
  path: optional(TEXT),
  text: TEXT,
  version: string({ max: 64, about: "to be sent with a change" }),
  readOnly: optional(string({ max: 4096, about: "why it cannot be changed here" })),
  pending: list(TEXT, { about: "options whose change needs a restart" }),
});

/** What is to be known of a change before it is applied. */
export const CONFIGURATION_PROPOSAL = new Shape({
  text: TEXT,
  errors: TEXTS,
  warnings: TEXTS,
  changes: list(OPTION_CHANGE),
  lines: list(object({ kind: oneOf(["same", "removed", "added"]), text: TEXT })),
});

/** What an applied change came to. */
export const CONFIGURATION_APPLIED = new Shape({
  revision: COUNT,
  changes: list(OPTION_CHANGE),
});

/** A former configuration. */
export const REVISION = new Shape({
  number: COUNT,
  at: TIME,
  actor: string({ max: 256, about: "empty = changed outside of the program" }),
  comment: TEXT,
  current: boolean("the file is like this now"),
});

/** A former configuration with its text. */
export const REVISION_TEXT = new Shape({
  number: COUNT,
  at: TIME,
  actor: TEXT,
  comment: TEXT,
  text: TEXT,
});

/** What restoring a backup changes. */
export const RESTORE = new Shape({
  product: TEXT,
  host: TEXT,
  created: TIME,
  sealed: boolean("it holds secrets, which need its passphrase"),
  configuration: optional(object({
    errors: TEXTS,
    warnings: TEXTS,
    changes: list(OPTION_CHANGE),
    missing: list(TEXT, { about: "options whose secrets are not in it" }),
  })),
  access: optional(object({
    users: list(TEXT, { about: "name (role)" }),
    tokens: list(TEXT, { about: "names" }),
    removed: list(TEXT, { about: "users that are not in it" }),
  })),
  certificate: optional(object({
    subject: TEXT,
    notAfter: TIME,
    usable: boolean("its key is there"),
  })),
});

/** A capture. */
export const CAPTURE = new Shape({
  id: TEXT,
  call: TEXT,
  started: TIME,
  ended: optional(TIME),
  because: optional(oneOf(["time", "bytes", "packets", "memory", "call ended", "stopped"])),
  packets: COUNT,
  bytes: COUNT,
  lost: integer(0, Number.MAX_SAFE_INTEGER, "packets that could not be copied meanwhile"),
  limits: object({ seconds: COUNT, bytes: COUNT, packets: COUNT }),
});

/** An update slot. */
const SLOT = object({
  name: TEXT,
  bootname: TEXT,
  device: TEXT,
  booted: boolean(),
  version: TEXT,
  installed: TEXT,
  status: TEXT,
});

/** The host, the program, and its update slots. */
export const SYSTEM = new Shape({
  version: TEXT,
  runtime: TEXT,
  hostname: TEXT,
  system: string({ max: 256, about: "name and version of the operating system" }),
  kernel: TEXT,
  architecture: TEXT,
  processors: COUNT,
  hostUptimeSeconds: COUNT,
  started: TIME,
  pid: COUNT,
  dataDirectory: TEXT,
  configurationFile: optional(TEXT),
  updates: optional(object({ compatible: TEXT, slots: list(SLOT) })),
});

/** A line of the log. */
export type LogEntryReport = Infer<typeof LOG_ENTRY>;
/** What HTTPS presents. */
export type CertificateReport = Infer<typeof CERTIFICATE>;
/** An allow-list. */
export type AllowListReport = Infer<typeof ALLOW_LIST>;
/** What restoring a backup changes. */
export type RestoreReport = Infer<typeof RESTORE>;
/** A capture. */
export type CaptureReport = Infer<typeof CAPTURE>;
/** The host, the program, and its update slots. */
export type SystemReport = Infer<typeof SYSTEM>;
/** The configuration file. */
export type ConfigurationFileReport = Infer<typeof CONFIGURATION_FILE>;
/** What is to be known of a change before it is applied. */
export type ProposalReport = Infer<typeof CONFIGURATION_PROPOSAL>;
/** What an applied change came to. */
export type AppliedReport = Infer<typeof CONFIGURATION_APPLIED>;
/** A former configuration. */
export type RevisionReport = Infer<typeof REVISION>;
