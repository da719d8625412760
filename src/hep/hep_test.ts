import assert from "node:assert/strict";
import { toBytes } from "../core/bytes.ts";
import { buildRtcp, parseRtcp, type RtcpBody } from "../rtcp/mod.ts";
import { encodeHep, type HepCapture } from "./encode.ts";
import { Homer, type HomerOptions } from "./homer.ts";
import { rtcpJson } from "./rtcp_json.ts";

const CAPTURE: HepCapture = {
  transport: "udp",
  source: { address: "127.0.0.1", family: 4, port: 5001 },
  destination: { address: "127.0.0.1", family: 4, port: 30151 },
  time: 1795242186_529.284,
  protocol: 5,
  captureId: 2001,
  correlationId: "c1",
  payload: toBytes("{}"),
};

const SENDER = {
  ntpSeconds: 4004230987,
  ntpFraction: 2808908611,
  rtpTimestamp: 32000,
  packets: 100,
  octets: 16000,
};
const BLOCK = {
  ssrc: 572662306,
  fractionLost: 10,
  lost: 5,
  highestSequence: 65736,
  jitter: 80,
  lastSr: 3075116826,
  delay: 67502,
};

function hex(bytes: Uint8Array | undefined): string {
  return Array.from(bytes ?? [], (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function json(...bodies: RtcpBody[]): string | undefined {
  return rtcpJson(parseRtcp(buildRtcp(bodies)));
}

Deno.test("encodeHep writes the chunks rtpengine writes, in its order", () => {
  // as captured from rtpengine 26.0.1, with another payload
  const expected = "48455033" + "006d" + "00000001000702" + "00000002000711" +
    "0000000700081389" + "00000008000875c7" + "00000009000a6b0138ca" + "0000000a000a00081384" +
    "0000000b000705" + "0000000c000a000007d1" + "00000003000a7f000001" + "00000004000a7f000001" +
    "0000001100086331" + "0000000f00087b7d";
  assert.equal(hex(encodeHep(CAPTURE)), expected);
});

Deno.test("encodeHep knows IPv6, TCP and captures that belong to no call", () => {
  const bytes = encodeHep({
    ...CAPTURE,
    transport: "tcp",
    source: { address: "2001:db8::1", family: 6, port: 1 },
    destination: { address: "::1", family: 6, port: 2 },
    correlationId: "",
  });
  const text = hex(bytes);
  assert.match(text, /0000000100070a0000000200070600000007/);
  assert.match(text, /000000050016(20010db8)0{22}01000000060016(0{31}1)/);
  assert.match(text, /0000001100060000000f/);
  assert.equal(Number.parseInt(text.slice(8, 12), 16), bytes?.length);
});

Deno.test("encodeHep has no packet for what HEP cannot say", () => {
  assert.notEqual(encodeHep({ ...CAPTURE, payload: new Uint8Array(65_000) }), undefined);
  assert.equal(encodeHep({ ...CAPTURE, payload: new Uint8Array(65_500) }), undefined);
});

Deno.test("rtcpJson writes the text rtpengine writes", () => {
  const items = [{ type: 1, text: "alice@host" }];
  assert.equal(
    json(
      { type: "SR", ssrc: 286331153, sender: SENDER, reports: [BLOCK] },
      { type: "SDES", chunks: [{ ssrc: 286331153, items }] },
    ),
    '{ "sender_information":{"ntp_timestamp_sec":4004230987,"ntp_timestamp_usec":2808908611,' +
      '"octets":16000,"rtp_timestamp":32000, "packets":100},"ssrc":286331153,"type":200,' +
      '"report_count":1,"report_blocks":[{"source_ssrc":572662306,"highest_seq_no":65736,' +
      '"fraction_lost":10,"ia_jitter":80,"packets_lost":5,"lsr":3075116826,"dlsr":67502}],' +
      '"sdes_report_count":1,"sdes_information": [ ' +
      '{"sdes_chunk_ssrc":286331153,"type":1,"text":"alice@host"}] }',
  );
  assert.equal(
    json(
      { type: "RR", ssrc: 1, reports: [{ ...BLOCK, lost: -3 }, BLOCK] },
      { type: "SDES", chunks: [{ ssrc: 1, items: [{ type: 1, text: 'al"ice\\h' }] }] },
      { type: "BYE", ssrcs: [1] },
    ),
    '{ "ssrc":1,"type":201,"report_count":2,"report_blocks":[{"source_ssrc":572662306,' +
      '"highest_seq_no":65736,"fraction_lost":10,"ia_jitter":80,"packets_lost":16777213,' +
      '"lsr":3075116826,"dlsr":67502},{"source_ssrc":572662306,"highest_seq_no":65736,' +
      '"fraction_lost":10,"ia_jitter":80,"packets_lost":5,"lsr":3075116826,"dlsr":67502}],' +
      '"sdes_report_count":1,"sdes_information": [ ' +
      '{"sdes_chunk_ssrc":1,"type":1,"text":"al\\"ice\\\\h"}] }',
  );
  assert.equal(
    json({ type: "RR", ssrc: 7, reports: [] }),
    '{ "ssrc":7,"type":201,"report_count":0,"report_blocks":[] }',
  );
});

Deno.test("rtcpJson has nothing to say of what is no report", () => {
  assert.equal(json({ type: "BYE", ssrcs: [1] }), undefined);
  const pli = { kind: "pli" } as const;
  assert.equal(
    json({ type: "PSFB", format: 1, ssrc: 1, mediaSsrc: 2, feedback: pli }),
    undefined,
  );
});

Deno.test("rtcpJson is JSON whatever a CNAME holds", () => {
  const items = [{ type: 1, text: '\x00\xff"\\\n\xc3\xa9' }];
  const text = json({ type: "RR", ssrc: 1, reports: [] }, {
    type: "SDES",
    chunks: [{ ssrc: 1, items }],
  });
  const value = JSON.parse(text!);
  assert.equal(value.sdes_information[0].text, '\x00\ufffd"\\\né');
});

/** What a Homer with these options sends for one RTCP datagram, one query and one ping. */
function sent(options: Partial<HomerOptions>): string[] {
  const packets: string[] = [];
  const homer = new Homer({
    send: (packet) => void packets.push(hex(packet)),
    captureId: 7,
    rtcp: true,
    ng: true,
    ...options,
  });
  const { source, destination: local } = CAPTURE;
  homer.rtcp({
    callId: "c1",
    packets: parseRtcp(buildRtcp([{ type: "RR", ssrc: 1, reports: [] }])),
    source,
    local,
    at: 1000,
  });
  homer.rtcp({
    callId: "c1",
    packets: parseRtcp(buildRtcp([{ type: "BYE", ssrcs: [1] }])),
    source,
    local,
    at: 1000,
  });
  for (const command of ["query", "ping"]) {
    homer.ng({
      command,
      callId: "c1",
      transport: "tcp",
      peer: source,
      local,
      request: toBytes("1 ask"),
      requested: 2000,
      reply: toBytes("1 reply"),
      replied: 3000,
    });
  }
  return packets;
}

Deno.test("Homer is told of reports and of both sides of commands, but never of ping", () => {
  const packets = sent({});
  assert.equal(packets.length, 3);
  const [rtcp, request, reply] = packets as [string, string, string];
  assert.match(rtcp, /0000000b000705.*00000011000863310000000f/);
  const ask = hex(toBytes("1 ask"));
  const ports = "00000007000813890000000800087" + "5c7";
  assert.match(request, new RegExp(`000000020007060*.*${ports}.*0000000b00073d.*${ask}$`));
  const back = "000000070008" + "75c7" + "000000080008" + "1389";
  assert.match(
    reply,
    new RegExp(`${back}00000009000a00000003.*0000000b00073d.*${hex(toBytes("1 reply"))}$`),
  );
});

Deno.test("Homer is told what it is configured for", () => {
  assert.equal(sent({ rtcp: false }).length, 2);
  assert.equal(sent({ ng: false }).length, 1);
  assert.match(sent({ ngProtocol: 100 })[1]!, /0000000b000764/);
  assert.match(sent({})[0]!, /0000000c000a00000007/);
});
