/**
 * Messages to begin with in the ng console.
 *
 * @module
 */

/** An example. */
export interface Example {
  readonly name: string;
  /** What it shows. */
  readonly about: string;
  /** All but the SDP. */
  readonly message: Readonly<Record<string, unknown>>;
  /** Absent = the command takes none. */
  readonly sdp?: string;
}

const CALL = { "call-id": "console-1", "from-tag": "alice" } as const;

const PHONE = [
  "v=0",
  "o=alice 1 1 IN IP4 198.51.100.10",
  "s=-",
  "c=IN IP4 198.51.100.10",
  "t=0 0",
  "m=audio 40000 RTP/AVP 8 0 101",
  "a=rtpmap:8 PCMA/8000",
  "a=rtpmap:0 PCMU/8000",
  "a=rtpmap:101 telephone-event/8000",
  "a=fmtp:101 0-15",
  "a=sendrecv",
  "",
].join("\r\n");

const ANSWER = [
  "v=0",
  "o=bob 1 1 IN IP4 203.0.113.20",
  "s=-",
  "c=IN IP4 203.0.113.20",
  "t=0 0",
  "m=audio 50000 RTP/AVP 8 101",
  "a=rtpmap:8 PCMA/8000",
  "a=rtpmap:101 telephone-event/8000",
  "a=sendrecv",
  "",
].join("\r\n");

/** The examples, the one that is shown first first. */
export const EXAMPLES: readonly Example[] = [
  {
    name: "Offer of a phone",
    about: "Media will come here: address and port are replaced.",
    message: { command: "offer", ...CALL },
    sdp: PHONE,
  },
  {
    name: "Its answer",
    about: "The other side of the call that the offer made.",
    message: { command: "answer", ...CALL, "to-tag": "bob" },
    sdp: ANSWER,
  },
  {
    name: "Phone to browser",
    about: "ICE, DTLS-SRTP and rtcp-mux for a browser.",
    message: {
      command: "offer",
      ...CALL,
      "call-id": "console-2",
      "transport-protocol": "UDP/TLS/RTP/SAVPF",
      ICE: "force",
      "rtcp-mux": ["offer"],
    },
    sdp: PHONE,
  },
  {
    name: "Phone to SRTP phone",
    about: "Keys by SDES for the far end.",
    message: {
      command: "offer",
      ...CALL,
      "call-id": "console-3",
      "transport-protocol": "RTP/SAVP",
    },
    sdp: PHONE,
  },
  {
    name: "Query",
    about: "What is known of the call.",
    message: { command: "query", "call-id": "console-1" },
  },
  {
    name: "Delete",
    about: "Ends the call.",
    message: { command: "delete", "call-id": "console-1", "from-tag": "alice" },
  },
  { name: "List", about: "Call-ids.", message: { command: "list", limit: 32 } },
  { name: "Ping", about: "Does it answer?", message: { command: "ping" } },
];
