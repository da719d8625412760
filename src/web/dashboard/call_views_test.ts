import assert from "node:assert/strict";
import type { CallReport } from "../admin/reports.ts";
import { callPicture, nameOf } from "./call_picture.ts";
import { qualityCharts, qualityOf } from "./call_quality.ts";

const REPORT: CallReport = {
  summary: {
    id: "one",
    created: 0,
    lastSignal: 0,
    createdFrom: "192.0.2.1:5",
    state: "active",
    recording: false,
    tags: [],
    labels: [],
    media: [],
  },
  aliases: [],
  blocked: [],
  forwarding: { by: "core", reason: "" },
  parties: [party("alice", 7), party("<b>", 8), party("", 9)],
  edges: [
    { from: 0, to: 1, media: 1, sourceMedia: 1, type: "offer/answer" },
    { from: 1, to: 0, media: 1, sourceMedia: 1, type: "offer/answer" },
  ],
  quality: {
    SSRC: {
      "7": {
        "average MOS": {
          samples: 2,
          MOS: 43,
          jitter: 5,
          "packet loss": 1,
          "round-trip time": 2500,
        },
        "lowest MOS": { MOS: 41 },
        "MOS progression": {
          entries: [
            { MOS: 0, jitter: 4, "packet loss": 0, "round-trip time": 1000, "reported at": 10 },
            { MOS: 43, jitter: 5, "packet loss": 1, "round-trip time": 2500, "reported at": 20 },
          ],
        },
      },
      "99": { "MOS progression": { entries: [{ MOS: 40 }] } },
      "8": null,
    },
  },
};

function party(tag: string, ssrc: number): CallReport["parties"][number] {
  const source = { ssrc, packets: 5, lost: 0, duplicates: 0, reordered: 0 };
  const dropped = {
    source: 0,
    malformed: 0,
    filtered: 0,
    noRule: 0,
    notAuthentic: 0,
    replayed: 0,
  };
  const counters = {
    packetsIn: 5,
    bytesIn: 5,
    errorsIn: 0,
    packetsOut: 0,
    bytesOut: 0,
    errorsOut: 0,
    dropped,
    sources: [source],
    payloadTypes: [],
  };
  const stream = {
    component: "rtp",
    local: "192.0.2.9:30000",
    confirmed: true,
    flags: [],
    counters,
  } as const;
  const media = { index: 1, type: "audio", protocol: "RTP/AVP", hidden: false, flags: [] };
  return {
    tag,
    aliases: [],
    created: 0,
    medias: [{ ...media, streams: [stream], steps: [] }],
  };
}

Deno.test("callPicture() says who hears whom, and draws what passes", () => {
  const text = callPicture(REPORT).toString();
  assert.match(text, /alice hears &lt;b&gt;; &lt;b&gt; hears alice; not answered yet hears nobody/);
  assert.doesNotMatch(text, /<b>/);
  assert.equal(text.match(/wire alive/g)?.length, 2);
  assert.equal(text.match(/class="party"/g)?.length, 3);
  assert.ok(callPicture({ ...REPORT, parties: [], edges: [] }).toString().includes("rtpedge"));
});

Deno.test("callPicture() of two parties stands upright on narrow screens, with the same wires", () => {
  const two = callPicture({ ...REPORT, parties: REPORT.parties.slice(0, 2) }).toString();
  assert.equal(two.match(/aria-label="alice hears &lt;b&gt;; &lt;b&gt; hears alice"/g)?.length, 2);
  assert.equal(two.match(/wire alive/g)?.length, 4);
  assert.equal(two.match(/class="party"/g)?.length, 4);
  assert.doesNotMatch(callPicture(REPORT).toString(), /upright/);
});

Deno.test("nameOf() prefers a label", () => {
  assert.equal(nameOf({ tag: "x", label: "reception" }), "reception");
  assert.equal(nameOf({ tag: "" }), "not answered yet");
});

Deno.test("qualityOf() reads reports of the parties of the call, and takes 0 for unknown", () => {
  assert.deepEqual(qualityOf(REPORT), [{
    party: "alice",
    ssrc: "7",
    average: { mos: 4.3, jitter: 5, loss: 1, roundTrip: 2.5 },
    lowest: 4.1,
    reports: [
      { mos: undefined, jitter: 4, loss: 0, roundTrip: 1, at: 10 },
      { mos: 4.3, jitter: 5, loss: 1, roundTrip: 2.5, at: 20 },
    ],
  }]);
  for (
    const quality of [undefined, null, 5, { SSRC: [] }, { SSRC: { "7": { "MOS progression": 1 } } }]
  ) {
    assert.deepEqual(qualityOf({ ...REPORT, quality }), []);
  }
  assert.match(qualityCharts({ ...REPORT, quality: {} }).toString(), /No party has reported yet/);
});
