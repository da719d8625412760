import assert from "node:assert/strict";
import {
  fakeAddress,
  fakeCall,
  FakeCalls,
  fakeMedia,
  fakeParty,
  fakeSsrc,
  fakeStatistics,
  fakeStream,
} from "./fakes.ts";

function callOf(callId: string, ...streams: ReturnType<typeof fakeStream>[]) {
  return fakeCall({ callId, participants: [fakeParty({ medias: [fakeMedia(streams)] })] });
}

Deno.test("Statistics.refresh adds running calls to ended ones without counting any twice", () => {
  const calls = new FakeCalls(
    callOf(
      "a",
      fakeStream({ counters: { rxPackets: 10, rxBytes: 100, rxErrors: 1, txErrors: 2 } }),
    ),
    callOf("b", fakeStream({ counters: { rxPackets: 5, rxBytes: 50 } })),
  );
  const { statistics } = fakeStatistics({ calls });
  const read = () => [
    statistics.counters.get("rtpengine_packets_total", "userspace"),
    statistics.counters.get("rtpengine_bytes_total", "userspace"),
    statistics.counters.get("rtpengine_packet_errors_total", "userspace"),
  ];
  statistics.refresh();
  assert.deepEqual(read(), [15, 150, 3]);
  calls.terminate("a", "terminated");
  statistics.refresh();
  assert.deepEqual(read(), [15, 150, 3]);
  calls.terminate("b", "terminated");
  statistics.refresh();
  assert.deepEqual(read(), [15, 150, 3]);
  assert.equal(statistics.counters.get("rtpengine_sessions_total"), 2);
});

Deno.test("Statistics.refresh never lets a counter go back", () => {
  let lost = 5;
  const stream = fakeStream({ counters: () => ({ ssrcs: [fakeSsrc({ lost })] }) });
  const { statistics, clock } = fakeStatistics({ calls: new FakeCalls(callOf("a", stream)) });
  statistics.refresh();
  lost = 3;
  clock.advance(1000);
  statistics.refresh();
  assert.equal(statistics.counters.get("rtpengine_packets_lost"), 5);
  lost = 9;
  clock.advance(1000);
  statistics.refresh();
  assert.equal(statistics.counters.get("rtpengine_packets_lost"), 9);
});

Deno.test("Statistics.refresh counts sessions, media sections in use and ports", () => {
  const now = 1_700_000_000_000;
  const heard = fakeStream({ counters: { lastRx: now - 1900 } });
  const silent = fakeStream({ counters: { lastRx: now - 2100 } });
  const rtcp = fakeStream({ component: "rtcp", counters: { lastRx: now } });
  const rejected = fakeStream({ local: undefined });
  const calls = new FakeCalls(
    callOf("a", heard, rtcp),
    callOf("b", fakeStream({ counters: { lastRx: now } })),
    callOf("e", silent, rtcp),
    callOf("c", rejected),
    fakeCall({ callId: "d", foreign: true }),
  );
  const { statistics } = fakeStatistics({ calls, used: 12 });
  statistics.refresh();
  const { counters } = statistics;
  assert.equal(counters.get("rtpengine_sessions", "own"), 4);
  assert.equal(counters.get("rtpengine_sessions", "foreign"), 1);
  assert.equal(counters.get("rtpengine_mediastreams", "userspace"), 2);
  assert.equal(counters.get("rtpengine_mediastreams", "kernel"), 0);
  assert.equal(counters.get("rtpengine_ports_used", "default", "127.0.0.1"), 12);
  assert.equal(counters.get("rtpengine_ports_free", "default", "127.0.0.1"), 9988);
  assert.equal(counters.get("rtpengine_ports", "default", "127.0.0.1"), 10000);
});

Deno.test("Statistics tells what the kernel does apart, and what keeps streams out of it", () => {
  const now = 1_700_000_000_000;
  const share = { packets: 60, bytes: 6000, errors: 2, last: now, lastUser: now - 5000 };
  const totals = { rxPackets: 100, rxBytes: 10_000, rxErrors: 3, lastRx: now };
  const inside = fakeStream({
    slot: 901,
    counters: { ...totals, kernel: { ...share, forwards: true } },
  });
  const outside = fakeStream({
    slot: 902,
    counters: {
      lastRx: now,
      kernel: { ...share, packets: 0, bytes: 0, errors: 0, forwards: false, obstacle: "learning" },
    },
  });
  const calls = new FakeCalls(callOf("a", inside), callOf("b", outside));
  const kernel = () => ({ up: true, streams: 1, missed: 0, refused: 0, pushed: 5, pulled: 4 });
  const { statistics } = fakeStatistics({ calls, kernel });
  statistics.refresh();
  const { counters } = statistics;
  assert.equal(counters.get("rtpengine_packets_total", "userspace"), 40);
  assert.equal(counters.get("rtpengine_packets_total", "kernel"), 60);
  assert.equal(counters.get("rtpengine_bytes_total", "kernel"), 6000);
  assert.equal(counters.get("rtpengine_packet_errors_total", "userspace"), 1);
  assert.equal(counters.get("rtpengine_mediastreams", "kernel"), 1);
  assert.equal(counters.get("rtpengine_mediastreams", "userspace"), 1);
  assert.equal(counters.get("rtpedge_kernel_obstacles", "learning"), 1);
  assert.equal(counters.get("rtpedge_kernel_obstacles", "table full"), 0);
  assert.equal(counters.get("rtpedge_kernel_streams"), 1);
  assert.equal(counters.get("rtpedge_kernel_moves_total", "out"), 4);
  assert.deepEqual(statistics.kernel, kernel());
});

Deno.test("Statistics.refresh keeps the traffic of local addresses apart", () => {
  const inside = fakeAddress("inside", "192.0.2.1");
  const outside = fakeAddress("outside", "2001:db8::1");
  const calls = new FakeCalls(callOf(
    "a",
    fakeStream({ local: { address: inside, port: 30000 }, counters: { rxPackets: 7 } }),
    fakeStream({ local: { address: outside, port: 30000 }, counters: { txPackets: 7 } }),
  ));
  const { statistics } = fakeStatistics({ calls, addresses: [inside, outside] });
  statistics.refresh();
  const packets = (...labels: string[]) =>
    statistics.counters.get("rtpengine_interface_packets", ...labels);
  assert.equal(packets("inside", "192.0.2.1", "ingress"), 7);
  assert.equal(packets("inside", "192.0.2.1", "egress"), 0);
  assert.equal(packets("outside", "2001:db8::1", "ingress"), 0);
  assert.equal(packets("outside", "2001:db8::1", "egress"), 7);
});

Deno.test("Statistics.tick gives rates per second over the time that really passed", () => {
  let rxPackets = 0;
  const stream = fakeStream({ counters: () => ({ rxPackets, rxBytes: rxPackets * 172 }) });
  const { statistics, clock } = fakeStatistics({ calls: new FakeCalls(callOf("a", stream)) });
  statistics.tick();
  assert.deepEqual(statistics.rates("userspace"), { packets: 0, bytes: 0, errors: 0 });
  rxPackets = 100;
  clock.advance(2000);
  statistics.tick();
  assert.deepEqual(statistics.rates("userspace"), { packets: 50, bytes: 8600, errors: 0 });
  assert.deepEqual(statistics.rates("kernel"), { packets: 0, bytes: 0, errors: 0 });
  clock.advance(1000);
  statistics.tick();
  assert.equal(statistics.rates("userspace").packets, 0);
});

Deno.test("Statistics.tick takes no sample right after another", () => {
  let rxPackets = 0;
  const stream = fakeStream({ counters: () => ({ rxPackets }) });
  const { statistics, clock } = fakeStatistics({ calls: new FakeCalls(callOf("a", stream)) });
  statistics.tick();
  rxPackets = 100;
  clock.advance(10);
  statistics.tick();
  assert.equal(statistics.rates("userspace").packets, 0);
});

Deno.test("Statistics.tick spends a bounded share of the time on a slow walk", () => {
  let walks = 0;
  const { statistics, clock, calls } = fakeStatistics();
  calls.put(callOf(
    "slow",
    fakeStream({
      counters: () => {
        walks++;
        clock.advance(100);
        return {};
      },
    }),
  ));
  for (let second = 0; second < 20; second++) {
    statistics.tick();
    clock.advance(1000);
  }
  assert.ok(walks >= 8 && walks <= 11, `${walks} walks in about 21 seconds`);
});

Deno.test("Statistics.refresh shows uptime, the average duration and the process", () => {
  const { statistics, clock, calls } = fakeStatistics();
  calls.put(fakeCall({ callId: "a", created: clock.wall() }));
  clock.advance(3999);
  calls.terminate("a", "timeout");
  statistics.refresh();
  const { counters } = statistics;
  assert.equal(counters.get("rtpengine_uptime_seconds"), 3);
  assert.equal(counters.get("rtpengine_call_duration_avg"), 3.999);
  assert.equal(counters.get("rtpedge_process_resident_memory_bytes"), 1000);
  assert.equal(counters.get("rtpedge_process_cpu_seconds_total"), 1.5);
});

Deno.test("Statistics.refresh shows the relay's threads and rings", () => {
  const thread = {
    wakeups: 1,
    batches: 2,
    rxPackets: 3,
    txPackets: 4,
    rxUnknown: 5,
    rxOverflow: 6,
    txErrors: 7,
    cpuSeconds: 0.25,
  };
  const { statistics } = fakeStatistics({
    health: () => ({ threads: [thread, thread], ringLost: { punt: 9, control: 0 } }),
  });
  statistics.refresh();
  const { counters } = statistics;
  assert.equal(counters.get("rtpengine_poller_wakeups", "1", "42", "user"), 1);
  assert.equal(counters.get("rtpengine_poller_items", "0", "42", "user"), 2);
  assert.equal(counters.get("rtpedge_relay_thread_overflow_packets_total", "1"), 6);
  assert.equal(counters.get("rtpedge_relay_thread_cpu_seconds_total", "0"), 0.25);
  assert.equal(counters.get("rtpedge_relay_ring_lost_total", "punt"), 9);
  assert.equal(counters.get("rtpedge_relay_engine_info", "fake", "no packets"), 1);
});
