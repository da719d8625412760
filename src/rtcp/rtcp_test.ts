import assert from "node:assert/strict";
import {
  buildRtcp,
  ntpDelay,
  ntpMiddle,
  ntpTime,
  parseRtcp,
  type ReportBlock,
  type RtcpBody,
  RtcpError,
} from "./mod.ts";

const REPORT: ReportBlock = {
  ssrc: 0x22222222,
  fractionLost: 12,
  lost: -3,
  highestSequence: 65736,
  jitter: 80,
  lastSr: 0xb74a8f1a,
  delay: 67502,
};

const SENDER = {
  ntpSeconds: 0xeeabb74b,
  ntpFraction: 0xa76c8b43,
  rtpTimestamp: 32000,
  packets: 100,
  octets: 16000,
};

/** One of everything that can be written. */
const BODIES: readonly RtcpBody[] = [
  {
    type: "SR",
    ssrc: 0x11111111,
    sender: SENDER,
    reports: [REPORT, { ...REPORT, lost: 0x7fffff }],
  },
  { type: "RR", ssrc: 0xffffffff, reports: [] },
  {
    type: "SDES",
    chunks: [
      { ssrc: 1, items: [{ type: 1, text: "alice@host" }, { type: 2, text: "" }] },
      { ssrc: 2, items: [] },
      { ssrc: 3, items: [{ type: 1, text: "x" }] },
    ],
  },
  { type: "BYE", ssrcs: [7, 8], reason: "gone" },
  { type: "BYE", ssrcs: [], reason: undefined },
  { type: "APP", subtype: 5, ssrc: 9, name: "test", data: Uint8Array.of(1, 2, 3, 4) },
  {
    type: "RTPFB",
    format: 1,
    ssrc: 1,
    mediaSsrc: 2,
    feedback: { kind: "nack", items: [{ pid: 100, blp: 0x8001 }, { pid: 65535, blp: 0 }] },
  },
  {
    type: "RTPFB",
    format: 15,
    ssrc: 1,
    mediaSsrc: 2,
    feedback: { kind: "other", data: Uint8Array.of(0, 1, 2, 3) },
  },
  { type: "PSFB", format: 1, ssrc: 1, mediaSsrc: 2, feedback: { kind: "pli" } },
  {
    type: "PSFB",
    format: 4,
    ssrc: 1,
    mediaSsrc: 0,
    feedback: { kind: "fir", items: [{ ssrc: 2, sequence: 255 }] },
  },
  {
    type: "PSFB",
    format: 15,
    ssrc: 1,
    mediaSsrc: 0,
    feedback: { kind: "remb", bitrate: 0x3ffff * 8, ssrcs: [4, 5] },
  },
  {
    type: "XR",
    ssrc: 3,
    blocks: [
      { block: "receiver-time", ntpSeconds: 1, ntpFraction: 2 },
      {
        block: "dlrr",
        reports: [{ ssrc: 1, lastRr: 2, delay: 3 }, { ssrc: 4, lastRr: 5, delay: 6 }],
      },
      {
        block: "statistics",
        flags: 0xe8,
        ssrc: 1,
        beginSequence: 2,
        endSequence: 3,
        lost: 4,
        duplicates: 5,
        jitter: [6, 7, 8, 9],
        ttl: [10, 11, 12, 13],
      },
      {
        block: "voip",
        ssrc: 1,
        lossRate: 5,
        discardRate: 2,
        burstDensity: 10,
        gapDensity: 20,
        burstDuration: 200,
        gapDuration: 500,
        roundTrip: 100,
        endSystemDelay: 50,
        signalLevel: 224,
        noiseLevel: 216,
        rerl: 16,
        gmin: 16,
        rFactor: 85,
        externalRFactor: 127,
        mosLq: 44,
        mosCq: 43,
        rxConfig: 0xb0,
        jitterBuffer: [60, 100, 400],
      },
      { block: "other", blockType: 1, data: Uint8Array.of(1, 2, 3, 4) },
    ],
  },
];

/** What was parsed, without headers. */
function bodies(datagram: Uint8Array): unknown[] {
  return parseRtcp(datagram).map(({ header: _, ...body }) => body);
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

Deno.test("parseRtcp reads everything buildRtcp writes", () => {
  for (const body of BODIES) assert.deepEqual(bodies(buildRtcp([body])), [body]);
  assert.deepEqual(bodies(buildRtcp(BODIES)), [...BODIES]);
});

Deno.test("parseRtcp reads a compound of another implementation", () => {
  const packets = parseRtcp(fromHex(
    "81c8000c11111111eeabb74ba76c8b4300007d000000006400003e80222222220a000005000100c8000000" +
      "50b74a8f1a000107ae81ca000511111111010a616c69636540686f737400000000",
  ));
  assert.deepEqual(packets[0], {
    header: { padding: false, count: 1, packetType: 200, length: 12 },
    type: "SR",
    ssrc: 0x11111111,
    sender: SENDER,
    reports: [{ ...REPORT, fractionLost: 10, lost: 5 }],
  });
  assert.deepEqual(packets[1], {
    header: { padding: false, count: 1, packetType: 202, length: 5 },
    type: "SDES",
    chunks: [{ ssrc: 0x11111111, items: [{ type: 1, text: "alice@host" }] }],
  });
});

Deno.test("buildRtcp writes the words of RFC 3550 section 6.4.1", () => {
  const bytes = buildRtcp([{ type: "SR", ssrc: 0x11111111, sender: SENDER, reports: [REPORT] }]);
  const expected = "81c8000c11111111eeabb74ba76c8b4300007d000000006400003e80" +
    "222222220cfffffd000100c800000050b74a8f1a000107ae";
  assert.deepEqual(bytes, fromHex(expected));
});

Deno.test("buildRtcp refuses what has no room", () => {
  const ssrcs = Array.from({ length: 32 }, (_, i) => i);
  assert.throws(() => buildRtcp([{ type: "BYE", ssrcs }]), RangeError);
  const items = [{ type: 1, text: "x".repeat(256) }];
  assert.throws(() => buildRtcp([{ type: "SDES", chunks: [{ ssrc: 1, items }] }]), RangeError);
  const app = { type: "APP", subtype: 0, ssrc: 1, name: "long!", data: new Uint8Array() } as const;
  assert.throws(() => buildRtcp([app]), RangeError);
});

Deno.test("parseRtcp names what is wrong with a datagram", () => {
  const table: [string, string, RegExp][] = [
    ["nothing", "", /needed/],
    ["half a header", "80c9", /needed/],
    ["version 1", "40c9000111111111", /version 1/],
    ["a length beyond the end", "80c9000211111111", /needed/],
    ["more reports than bytes", "82c9000111111111", /2 reports do not fit/],
    ["an SR without sender", "80c8000111111111", /needed/],
    ["padding in the middle", "a0c900021111111100000004" + "80c9000111111111", /not the last/],
    ["padding of 0", "a0c900021111111100000000", /padding of 0/],
    ["padding that is not words", "a0c900021111111100000003", /padding of 3/],
    ["padding longer than the packet", "a0c90002111111110000000c", /padding of 12/],
    ["an SDES item beyond the end", "81ca0002000000010110aabb", /needed/],
    ["an SDES list without end", "81ca0002000000010102aabb", /needed/],
    ["a BYE with too many sources", "83cb000111111111", /3 sources/],
    ["a BYE reason beyond the end", "81cb000211111111ff000000", /needed/],
    ["an APP without name", "80cc000111111111", /needed/],
    ["half a NACK", "81cd000200000001000000028", /feedback of 0 bytes/],
    ["half a FIR", "84ce0003000000010000000200000003", /entries of 8/],
    ["a REMB with too many sources", "8fce0004000000010000000052454d4202000001", /REMB/],
    ["half a DLRR", "80cf0003000000010500000100000001", /DLRR/],
    ["an XR block beyond the end", "80cf0002000000010400ffff", /needed/],
    ["a short VoIP block", "80cf0003000000010700000100000001", /needed/],
  ];
  for (const [name, hex, message] of table) {
    assert.throws(() => parseRtcp(fromHex(hex)), (error) => {
      assert(error instanceof RtcpError, name);
      assert.match(error.message, message, name);
      return true;
    }, name);
  }
});

Deno.test("parseRtcp takes reduced-size packets unless told not to, RFC 5506", () => {
  const pli = buildRtcp([BODIES[8]!]);
  assert.equal(parseRtcp(pli).length, 1);
  assert.throws(() => parseRtcp(pli, { reducedSize: false }), /begins with packet type 206/);
  assert.equal(parseRtcp(buildRtcp([BODIES[1]!, BODIES[8]!]), { reducedSize: false }).length, 2);
});

Deno.test("parseRtcp takes padding off the last packet", () => {
  const [packet] = parseRtcp(fromHex("a0c900021111111100000004"));
  assert.deepEqual(packet, {
    header: { padding: true, count: 0, packetType: 201, length: 2 },
    type: "RR",
    ssrc: 0x11111111,
    reports: [],
  });
});

Deno.test("parseRtcp passes over types it does not know, and bounds their number", () => {
  const unknown = "80c00001aaaaaaaa";
  assert.equal(parseRtcp(fromHex(unknown.repeat(64))).length, 64);
  assert.equal(parseRtcp(fromHex(unknown))[0]!.type, "unknown");
  assert.throws(() => parseRtcp(fromHex(unknown.repeat(65))), /more than 64/);
});

Deno.test("parseRtcp throws nothing but RtcpError whatever it is given", () => {
  let state = 12345;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
  let valid = 0;
  for (let round = 0; round < 20_000; round++) {
    const parts = Array.from({ length: 1 + random(3) }, () => BODIES[random(BODIES.length)]!);
    let bytes: Uint8Array = buildRtcp(parts);
    for (let i = random(4); i > 0; i--) bytes[random(bytes.length)] = random(256);
    if (random(4) === 0) bytes = bytes.subarray(0, random(bytes.length + 1));
    try {
      const packets = parseRtcp(bytes);
      valid++;
      assert(packets.length > 0 && packets.length <= 64);
    } catch (error) {
      assert(error instanceof RtcpError, `${error} for ${bytes}`);
    }
  }
  assert(valid > 2000 && valid < 19_000, `${valid} were valid`);
});

Deno.test("ntpTime and ntpMiddle count as RFC 3550 section 4 does", () => {
  assert.deepEqual(ntpTime(0), { ntpSeconds: 2208988800, ntpFraction: 0 });
  assert.deepEqual(ntpTime(1500), { ntpSeconds: 2208988801, ntpFraction: 0x80000000 });
  assert.equal(ntpMiddle({ ntpSeconds: 0xb44db705, ntpFraction: 0x20000000 }), 0xb7052000);
  assert.equal(ntpDelay(5250), 0x00054000);
  assert.equal(ntpDelay(-1), 0);
  assert.equal(ntpDelay(1e9), 0);
});
