import assert from "node:assert/strict";
import { NEW_MEDIA } from "../negotiate/mod.ts";
import type { MediaState } from "../negotiate/mod.ts";
import type { SlotCounters } from "../relay/types.ts";
import { Media, subscribe } from "./media.ts";
import { Participant } from "./participant.ts";
import { headerEdits, payloadTypes, ruleBundle } from "./rules_bundle.ts";

const AGREED = { stage: "agreed", group: 0, rank: 0, carrier: 0 } as const;

function section(state: Partial<MediaState> = {}): Media {
  const nobody = (): SlotCounters => {
    throw new Error("not asked");
  };
  const media = new Media(new Participant("tag", 0, nobody), 1);
  media.state = { ...NEW_MEDIA, initialized: true, protocol: "RTP/AVP", ...state };
  return media;
}

function codecs(...types: number[]): Pick<MediaState, "codecs"> {
  return { codecs: types.map((payloadType) => ({ payloadType, encoding: "x/8000" })) };
}

Deno.test("payloadTypes are those of both sides: senders use the receiver's numbers", () => {
  const [source, sink] = [section(codecs(8, 96)), section(codecs(96, 97))];
  subscribe(source, sink, "offer/answer");
  assert.deepEqual(payloadTypes(source), [8, 96, 97]);
});

Deno.test("ruleBundle says nothing of one section alone", () => {
  assert.equal(ruleBundle([]), undefined);
  assert.equal(ruleBundle([section()]), undefined);
});

Deno.test("ruleBundle names sections and sources, a source signalled twice for the first only", () => {
  const sections = [
    section({ mid: "a", midExtension: 3, ssrcs: [1, 2], ...codecs(8) }),
    section({ mid: "b", ssrcs: [2, 3], ...codecs(96) }),
  ];
  assert.deepEqual(ruleBundle(sections), {
    midExtension: 3,
    sections: [
      { mid: "a", payloadTypes: [8], ssrcs: [1, 2] },
      { mid: "b", payloadTypes: [96], ssrcs: [3] },
    ],
  });
});

Deno.test("headerEdits names a section for who bundles it and knows the extension", () => {
  const source = section();
  const bundled = { bundle: AGREED, mid: "v", midExtension: 4 };
  assert.deepEqual(headerEdits(source, section(bundled)), { mid: { id: 4, value: "v" } });
  assert.deepEqual(headerEdits(source, section({ ...bundled, midExtension: undefined })), {});
  assert.deepEqual(headerEdits(source, section({ ...bundled, bundle: undefined })), {});
  assert.deepEqual(
    headerEdits(source, section({ ...bundled, bundle: { ...AGREED, carrier: undefined } })),
    {},
  );
});

Deno.test("headerEdits takes out a name that means something else there, and nothing more", () => {
  const source = section({ midExtension: 3 });
  const strange = headerEdits(source, section({ midExtension: 4 })).extensions;
  assert.equal(strange?.length, 254);
  assert.equal(strange?.includes(3), false);
  assert.equal(headerEdits(source, section({ midExtension: 3 })).extensions, undefined);
  assert.equal(headerEdits(source, section({ initialized: false })).extensions, undefined);
});

Deno.test("headerEdits keeps what was stripped out of packets", () => {
  const source = section({ midExtension: 3, extensions: [1, 3] });
  assert.deepEqual(headerEdits(source, section({ midExtension: 3 })).extensions, [1, 3]);
  assert.deepEqual(headerEdits(source, section()).extensions, [1]);
});

Deno.test("headerEdits leaves authenticated headers alone", () => {
  const bundled = section({ bundle: AGREED, mid: "v", midExtension: 4 });
  assert.deepEqual(headerEdits(section({ protocol: "RTP/SAVP", midExtension: 3 }), bundled), {});
  assert.deepEqual(headerEdits(section({ dtls: true, midExtension: 3 }), bundled), {});
});
