/**
 * The answers of the admin API.
 *
 * @module
 */

import { ROLES, SCOPES } from "../../access/mod.ts";
import { CALL_PROBLEMS, FORWARDERS } from "./call_traffic.ts";
import {
  anything,
  boolean,
  type Infer,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  Shape,
  string,
} from "./schema.ts";

const COUNT = integer(0, Number.MAX_SAFE_INTEGER);
const TIME = integer(0, Number.MAX_SAFE_INTEGER, "milliseconds since 1970");
const TEXT = string({ max: 1 << 20 });

/** A user. */
export const USER = new Shape({
  name: TEXT,
  role: oneOf(ROLES),
  created: TIME,
  lastLogin: optional(TIME),
});

/** Who asks. */
export const SESSION = new Shape({
  kind: oneOf(["anonymous", "console", "user", "token", "certificate"]),
  name: optional(TEXT),
  role: optional(oneOf(ROLES)),
  permissions: list(oneOf(["ng", "read", "operate", "admin"])),
  csrf: optional(string({ max: 64, about: "for the header X-CSRF-Token of every change" })),
  expires: optional(TIME),
  needsSetup: boolean("there is no administrator yet"),
});

/** A token. */
export const TOKEN = new Shape({
  id: TEXT,
  name: TEXT,
  scopes: list(oneOf(SCOPES)),
  created: TIME,
  createdBy: TEXT,
  expires: optional(TIME),
  lastUsed: optional(TIME),
});

/** A token with its text. */
export const NEW_TOKEN = new Shape({
  token: TOKEN,
  text: string({ max: 64, about: "the token itself; shown this once" }),
});

/** A line of the audit log. */
export const AUDIT_ENTRY = new Shape({
  number: COUNT,
  at: TIME,
  kind: oneOf(["change", "refusal"]),
  actor: TEXT,
  address: TEXT,
  action: TEXT,
  target: TEXT,
  before: optional(anything("what it was")),
  after: optional(anything("what it is now")),
});

/** How it is going. */
export const STATUS = new Shape({
  version: TEXT,
  pid: COUNT,
  uptimeSeconds: COUNT,
  calls: object({ own: COUNT, foreign: COUNT }),
  relay: object({
    mode: string({ max: 32, about: "how packets are received: steer, sockets, kernel" }),
    reason: string({ max: 1024, about: "why not lower" }),
    threads: COUNT,
  }),
  rates: object({
    packets: number("per second"),
    bytes: number("per second"),
    errors: number("per second"),
  }),
  totals: object({
    calls: COUNT,
    packets: COUNT,
    bytes: COUNT,
    errors: COUNT,
    averageCallSeconds: number(),
    packetsLost: COUNT,
    oneWayCalls: COUNT,
    silentStreams: COUNT,
  }),
  interfaces: list(object({
    name: TEXT,
    address: TEXT,
    ports: object({ used: COUNT, free: COUNT, total: COUNT }),
  })),
  listeners: list(object({ kind: TEXT, address: TEXT, credential: boolean("clients need one") })),
  process: object({ residentBytes: COUNT, heapBytes: COUNT, cpuSeconds: number() }),
});

const COUNTERS = object({
  packetsIn: COUNT,
  bytesIn: COUNT,
  errorsIn: COUNT,
  packetsOut: COUNT,
  bytesOut: COUNT,
  errorsOut: COUNT,
  lastIn: optional(TIME),
  lastOut: optional(TIME),
  dropped: object({
    source: COUNT,
    malformed: COUNT,
    filtered: COUNT,
    noRule: COUNT,
    notAuthentic: COUNT,
    replayed: COUNT,
  }),
  sources: list(object({
    ssrc: COUNT,
    packets: COUNT,
    lost: COUNT,
    duplicates: COUNT,
    reordered: COUNT,
    jitterMs: optional(number()),
  })),
  payloadTypes: list(object({ payloadType: COUNT, packets: COUNT, bytes: COUNT })),
});

/** One component of a media section. */
export const STREAM = new Shape({
  component: oneOf(["rtp", "rtcp"]),
  local: optional(TEXT),
  interface: optional(TEXT),
  remote: optional(string({ max: 64, about: "in use: learned or signalled" })),
  advertised: optional(string({ max: 64, about: "as signalled" })),
  confirmed: boolean("learning is over"),
  suite: optional(string({ max: 64, about: "SRTP suite in use" })),
  forwarding: optional(
    object({
      by: oneOf(["kernel", "core", "media engine"]),
      reason: string({ max: 1024, about: "why not lower; empty in the kernel" }),
    }),
  ),
  flags: list(TEXT),
  counters: optional(COUNTERS),
});

/** A party of a call. */
export const PARTY = new Shape({
  tag: TEXT,
  aliases: list(TEXT),
  label: optional(TEXT),
  viaBranch: optional(TEXT),
  metadata: optional(TEXT),
  created: TIME,
  inDialogueWith: optional(TEXT),
  medias: list(object({
    index: COUNT,
    type: TEXT,
    protocol: TEXT,
    codec: optional(TEXT),
    hidden: boolean("the party does not know of it"),
    flags: list(TEXT),
    streams: list(STREAM),
    steps: list(
      object({
        at: TIME,
        protocol: oneOf(["ICE", "DTLS"]),
        text: TEXT,
        failed: boolean("something is wrong"),
      }),
      { about: "what ICE and DTLS did, oldest first" },
    ),
  })),
});

const SUMMARY = {
  id: TEXT,
  created: TIME,
  lastSignal: TIME,
  createdFrom: TEXT,
  state: oneOf(["active", "deleting", "foreign"]),
  recording: boolean(),
  tags: list(TEXT),
  labels: list(TEXT),
  media: list(TEXT, { about: "kinds and codecs, as audio PCMA/8000" }),
};

/** A call in one line. */
export const CALL_SUMMARY = new Shape(SUMMARY);

/** A call in a list. */
export const CALL_ROW = new Shape({
  ...SUMMARY,
  packets: integer(0, Number.MAX_SAFE_INTEGER, "RTP packets that came in"),
  lost: integer(0, Number.MAX_SAFE_INTEGER, "RTP packets missing on the way here"),
  forwarder: oneOf(
    FORWARDERS,
    "who forwards its packets; kernel when any of its RTP streams is there",
  ),
  problem: optional(
    oneOf(CALL_PROBLEMS, "parties that are to send have not been heard for ten seconds"),
  ),
  mos: optional(number("mean score of the party that hears worst, 1 to 5")),
});

/** One call. */
export const CALL = new Shape({
  summary: CALL_SUMMARY,
  aliases: list(TEXT),
  metadata: optional(TEXT),
  blocked: list(oneOf(["media", "silence", "dtmf"]), { about: "kept back in the whole call" }),
  forwarding: object({ by: oneOf(["core", "kernel"]), reason: TEXT }),
  parties: list(PARTY),
  edges: list(
    object({
      from: COUNT,
      to: COUNT,
      media: integer(0, 65_535, "section of the receiver"),
      sourceMedia: integer(0, 65_535, "section of the sender"),
      type: oneOf(["offer/answer", "pub/sub"]),
    }),
    { about: "who hears whom, by position in parties" },
  ),
  quality: anything("statistics as the ng command query gives them"),
});

/** Calls of a list. */
export const CALL_LIST = new Shape({
  total: integer(0, Number.MAX_SAFE_INTEGER, "calls that match"),
  offset: COUNT,
  calls: list(CALL_ROW),
});

/** The configuration in effect. */
export const CONFIGURATION = new Shape({
  options: list(object({
    name: TEXT,
    value: string({ max: 1 << 20, about: "as in a file; secrets are masked" }),
    isDefault: boolean(),
    source: TEXT,
    group: TEXT,
    help: TEXT,
    allowed: TEXT,
    unit: TEXT,
    inEffect: boolean("false: accepted, without effect in this release"),
    inFile: boolean("it may stand in the configuration file"),
    live: boolean("a change takes effect without a restart"),
  })),
});

/** What is well and what is not. */
export const HEALTH = new Shape({
  level: oneOf(["ok", "note", "warning", "problem"], "the worst of all"),
  facts: list(object({
    id: TEXT,
    level: oneOf(["ok", "note", "warning", "problem"]),
    title: TEXT,
    value: TEXT,
    advice: optional(TEXT),
  })),
});

/** How it is going. */
export type StatusReport = Infer<typeof STATUS>;
/** One call. */
export type CallReport = Infer<typeof CALL>;
/** A call in one line. */
export type CallSummary = Infer<typeof CALL_SUMMARY>;
/** A call in a list. */
export type CallRow = Infer<typeof CALL_ROW>;
/** The configuration in effect. */
export type ConfigurationReport = Infer<typeof CONFIGURATION>;
/** What is well and what is not. */
export type HealthReport = Infer<typeof HEALTH>;
