import assert from "node:assert/strict";
import { AddrCodec } from "./abi_addr.ts";
import { CounterCodec } from "./abi_counters.ts";
import { AbiLayout } from "./abi_layout.ts";
import { PastCounters } from "./past_counters.ts";

/** Structs like those of the library, smaller. */
const LAYOUT = new AbiLayout(
  [
    "struct rtpe_addr 24",
    "rtpe_addr.family 0 1",
    "rtpe_addr.port 2 2",
    "rtpe_addr.scope 4 4",
    "rtpe_addr.ip 8 16",
    "struct rtpe_counters 288",
    ...[
      ...["rx_packets", "rx_bytes", "rx_errors", "tx_packets", "tx_bytes", "tx_errors"],
      ...["last_rx_us", "last_tx_us", "punted"],
    ].map((name, i) => `rtpe_counters.${name} ${i * 8} 8`),
    ...["source", "malformed", "filtered", "no_rule", "auth", "replay"]
      .map((name, i) => `rtpe_counters.drop_${name} ${72 + i * 4} 4`),
    "rtpe_counters.remote 96 24",
    "rtpe_counters.remote_seq 120 4",
    "rtpe_counters.confirmed 124 1",
    "rtpe_counters.learned 125 1",
    "rtpe_counters.rx_tos 126 1",
    "rtpe_counters.payload_type 127 2",
    "rtpe_counters.payload 136 32",
    "struct rtpe_payload_counters 16",
    "rtpe_payload_counters.packets 0 8",
    "rtpe_payload_counters.bytes 8 8",
    "rtpe_counters.ssrc 168 120",
    "struct rtpe_ssrc_counters 120",
    ...["packets", "bytes", "payload_bytes", "first_us", "last_us"]
      .map((name, i) => `rtpe_ssrc_counters.${name} ${i * 8} 8`),
    ...[
      ...["ssrc", "base_seq", "max_seq", "last_ts", "jitter_x16", "duplicates", "reordered"],
      ...["resets", "clock_rate"],
    ].map((name, i) => `rtpe_ssrc_counters.${name} ${40 + i * 4} 4`),
    "rtpe_ssrc_counters.payload_type 80 1",
    "rtpe_ssrc_counters.in_use 81 1",
    "struct rtpe_srtp_port 64",
  ].join("\n"),
);
const SLOTS = 3;
const SIZE = 288;
const SRTP = 64;
const LEFT = 192;

/** A file of three slots, of which `fill` writes some. */
function withFile(fill: (view: DataView) => void, run: (past: PastCounters) => void): void {
  const path = Deno.makeTempFileSync();
  const bytes = new Uint8Array(SLOTS * (SIZE + SRTP + LEFT));
  fill(new DataView(bytes.buffer));
  Deno.writeFileSync(path, bytes);
  const past = new PastCounters(new CounterCodec(LAYOUT, new AddrCodec(LAYOUT)), path);
  try {
    run(past);
  } finally {
    past.close();
    Deno.removeSync(path);
  }
}

function put(view: DataView, at: number, value: number): void {
  view.setBigUint64(at, BigInt(value), true);
}

Deno.test("PastCounters reads the slot asked for, and none that is not there", () => {
  withFile((view) => put(view, SIZE, 7), (past) => {
    assert.equal(past.read(1)?.rxPackets, 7);
    assert.equal(past.read(0)?.rxPackets, 0);
    for (const slot of [-1, 3, 0.5]) assert.equal(past.read(slot), undefined);
  });
});

Deno.test("PastCounters adds what the kernel module has counted where it is no more", () => {
  const left = SLOTS * (SIZE + SRTP) + 2 * LEFT;
  withFile((view) => {
    put(view, 2 * SIZE, 100);
    put(view, 2 * SIZE + 48, 9_000_000);
    put(view, left, 308);
    put(view, left + 24, 5);
    put(view, left + 48, 8_000_000);
    put(view, left + 56, 8_500_000);
    view.setUint32(left + 88, 4, true);
    view.setUint8(2 * SIZE + 127, 0x80 | 8);
    put(view, 2 * SIZE + 136, 90);
    for (const [i, type] of [101, 8].entries()) {
      view.setUint8(left + 127 + i, 0x80 | type);
      put(view, left + 136 + i * 16, 300 + i);
      put(view, left + 144 + i * 16, 9);
    }
    // padding of the last cache line is no source
    view.setUint8(left + 191, 1);
  }, (past) => {
    const read = past.read(2);
    assert.equal(read?.rxPackets, 408);
    assert.equal(read?.txPackets, 5);
    assert.deepEqual([read?.lastRx, read?.lastTx], [9000, 8500]);
    assert.equal(read?.dropAuth, 4);
    assert.deepEqual(read?.ssrcs, []);
    assert.deepEqual(read?.payloads, [
      { payloadType: 8, packets: 391, bytes: 9 },
      { payloadType: 101, packets: 300, bytes: 9 },
    ]);
    assert.equal(past.read(1)?.rxPackets, 0);
  });
});

Deno.test("PastCounters hands on what is remembered of SRTP, where there is any", () => {
  withFile((view) => view.setUint8(SLOTS * SIZE + SRTP, 9), (past) => {
    assert.equal(past.read(1)?.srtp?.[0], 9);
    assert.equal(past.read(0)?.srtp, undefined);
  });
});
