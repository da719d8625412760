import assert from "node:assert/strict";
import { fakeCall, fakeMedia, fakeParty, fakeStream } from "./fakes.ts";
import { countMedia } from "./media.ts";

const OPEN = fakeStream();
const KERNEL = fakeStream({ flags: ["kernelized"] });
const CLOSED = fakeStream({ local: undefined });
const RTCP = fakeStream({ component: "rtcp" });

function count(kernel: boolean) {
  const medias = [[OPEN, RTCP], [KERNEL, RTCP], [OPEN, KERNEL], [CLOSED], [RTCP], []];
  const party = fakeParty({ medias: medias.map((streams) => fakeMedia(streams)) });
  const found = { userspace: 0, kernel: 0, mixed: 0 };
  countMedia(fakeCall({ participants: [party] }), found, kernel);
  return found;
}

Deno.test("countMedia tells open sections by where their RTP is forwarded", () => {
  assert.deepEqual(count(true), { userspace: 1, kernel: 1, mixed: 1 });
});

Deno.test("countMedia counts everything as user space where there is no kernel engine", () => {
  assert.deepEqual(count(false), { userspace: 3, kernel: 0, mixed: 0 });
});
