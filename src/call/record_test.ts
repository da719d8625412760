import assert from "node:assert/strict";
import { callRecord } from "./record.ts";
import { Talk } from "./rtcp_test_support.ts";

function fields(line: string): Map<string, string> {
  assert.match(line, /, $/);
  return new Map(
    line.slice(0, -2).split(", ").map((field) => field.split("=") as [string, string]),
  );
}

Deno.test("callRecord has the fields rtpengine's record has, in its order", () => {
  const talk = new Talk();
  const { bench } = talk;
  const start = bench.clock.wall();
  talk.second();
  talk.sr(talk.a);
  const [call] = bench.service.registry.calls();
  const record = fields(callRecord(call!, "terminated", bench.clock.wall()));
  const party = (index: number) =>
    [
      ...["start_time", "end_time", "duration", "termination", "local_tag", "local_tag_type"],
      "remote_tag",
    ].map((name) => `ml${index}_${name}`);
  const stream = (index: number, component: string) =>
    [
      ...["endpoint_ip", "endpoint_port", "local_relay_ip", "local_relay_port", "relayed_packets"],
      ...["relayed_bytes", "relayed_errors", "last_packet", "in_tos_tclass"],
    ].map((name) => `ml${index}_midx1_${component}_${name}`);
  const names = ["ci", "created_from", "last_signal", "tos"];
  for (const index of [0, 1]) {
    // a Map has a name once; rtpengine writes payload_type for each section
    if (index === 0) names.push(...party(0), "payload_type");
    else names.push(...party(1));
    names.push(...stream(index, "rtp"), ...stream(index, "rtcp"));
  }
  assert.deepEqual([...record.keys()], names);
  const value = (name: string) => record.get(name);
  assert.equal(value("ci"), "c");
  assert.equal(value("created_from"), "127.0.0.1:5060");
  assert.equal(value("ml0_start_time"), (start / 1000).toFixed(6));
  assert.equal(value("ml0_duration"), "1.000000");
  assert.equal(value("ml0_termination"), "REGULAR");
  assert.equal(value("ml0_local_tag_type"), "FROM_TAG");
  assert.equal(value("ml1_local_tag_type"), "TO_TAG");
  assert.equal(value("ml1_remote_tag"), "a");
  assert.equal(value("payload_type"), "8");
  assert.equal(value("ml0_midx1_rtp_endpoint_ip"), "198.51.100.1");
  assert.equal(value("ml0_midx1_rtp_endpoint_port"), "4000");
  assert.equal(value("ml0_midx1_rtp_local_relay_ip"), "203.0.113.1");
  assert.equal(value("ml0_midx1_rtp_relayed_packets"), "50");
  assert.equal(value("ml0_midx1_rtp_relayed_bytes"), String(50 * 172));
  assert.equal(value("ml0_midx1_rtcp_relayed_packets"), "1");
  assert.equal(value("ml1_midx1_rtcp_relayed_packets"), "0");
});

Deno.test("callRecord names every reason a call ends for", () => {
  const [call] = new Talk().bench.service.registry.calls();
  const reasons = [
    ["timeout", "TIMEOUT"],
    ["silent_timeout", "SILENT_TIMEOUT"],
    ["final_timeout", "FINAL_TIMEOUT"],
    ["offer_timeout", "OFFER_TIMEOUT"],
    ["force_terminated", "FORCED"],
    ["rejected", "UNKNOWN"],
  ] as const;
  for (const [reason, name] of reasons) {
    assert.equal(fields(callRecord(call!, reason, 0)).get("ml0_termination"), name);
  }
});

Deno.test("callRecord is one line of fields whatever a tag holds", () => {
  const talk = new Talk();
  talk.bench.offer(
    "v=0\no=- 1 1 IN IP4 198.51.100.1\ns=-\nc=IN IP4 198.51.100.1\nt=0 0\n" +
      "m=audio 4000 RTP/AVP 8\n",
    { "call-id": "d", "from-tag": "x, ci=c\r\nfake" },
  );
  const call = talk.bench.service.registry.get("d")!;
  const line = callRecord(call, "timeout", 0);
  assert.doesNotMatch(line, /[\r\n]/);
  assert.equal(fields(line).get("ml0_local_tag"), "x_ ci");
  assert.equal(fields(line).get("ci"), "d");
});
