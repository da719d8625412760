import assert from "node:assert/strict";
import type { StreamView } from "../call/types.ts";
import { fakeAddress, fakeCall, fakeMedia, fakeParty, fakeStream } from "./fakes.ts";
import { countMedia, familyMix } from "./media.ts";

const OPEN = fakeStream();
const KERNEL = fakeStream();
const SILENT = fakeStream();
const CLOSED = fakeStream({ local: undefined });
const RTCP = fakeStream({ component: "rtcp" });

function count(kernel: boolean) {
  const medias = [[OPEN, RTCP], [KERNEL, RTCP], [OPEN, KERNEL], [SILENT], [CLOSED], [RTCP], []];
  const party = fakeParty({ medias: medias.map((streams) => fakeMedia(streams)) });
  const found = { userspace: 0, kernel: 0, mixed: 0 };
  const heard = (stream: StreamView): boolean => stream !== SILENT && stream !== CLOSED;
  const inKernel = (stream: StreamView): boolean => kernel && stream === KERNEL;
  countMedia(fakeCall({ participants: [party] }), found, heard, inKernel);
  return found;
}

Deno.test("countMedia tells sections whose RTP is heard by where it is forwarded", () => {
  assert.deepEqual(count(true), { userspace: 1, kernel: 1, mixed: 1 });
});

Deno.test("countMedia counts everything as user space where nothing is in the kernel", () => {
  assert.deepEqual(count(false), { userspace: 3, kernel: 0, mixed: 0 });
});

function partyAt(address: string, ...remotes: ("advertised" | "endpoint")[]) {
  const remote = { family: 4, address: "192.0.2.9", port: 4000 } as const;
  const local = { address: fakeAddress("default", address), port: 30000 };
  const streams = remotes.length === 0
    ? [fakeStream({ local })]
    : remotes.map((which) => fakeStream({ local, [which]: remote }));
  return fakeParty({ medias: [fakeMedia(streams)] });
}

Deno.test("familyMix needs two parties whose remote address is known, signalled or learned", () => {
  const four = partyAt("192.0.2.1", "advertised");
  assert.equal(familyMix(fakeCall({ participants: [four] })), undefined);
  assert.equal(familyMix(fakeCall({ participants: [four, partyAt("192.0.2.1")] })), undefined);
  const learned = partyAt("192.0.2.1", "endpoint");
  assert.equal(familyMix(fakeCall({ participants: [four, learned] })), "ipv4");
});

Deno.test("familyMix looks at our addresses, not at the parties' own", () => {
  const four = partyAt("192.0.2.1", "advertised");
  const six = partyAt("2001:db8::1", "advertised");
  assert.equal(familyMix(fakeCall({ participants: [six, six] })), "ipv6");
  assert.equal(familyMix(fakeCall({ participants: [four, six] })), "mixed");
});
