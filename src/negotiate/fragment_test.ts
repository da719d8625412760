import assert from "node:assert/strict";
import { SdpError } from "../sdp/mod.ts";
import { parseFragment, withFragment } from "./fragment.ts";
import { NO_SECURITY, type RemoteIce, type SecureState } from "./secure_state.ts";
import { type MediaState, NEW_MEDIA } from "./state.ts";

const CREDENTIALS = { ufrag: "abcd", pwd: "p".repeat(22) };
const WORDS = [`a=ice-ufrag:${CREDENTIALS.ufrag}`, `a=ice-pwd:${CREDENTIALS.pwd}`];
const CANDIDATE = "a=candidate:1 1 UDP 1000 192.0.2.9 4000 typ host";

function fragment(...lines: string[]) {
  return parseFragment(lines.map((line) => `${line}\r\n`).join(""));
}

function section(mid: string, remote: RemoteIce | undefined): MediaState {
  const local = { credentials: CREDENTIALS, lite: false, trickle: true };
  const secure: SecureState = {
    ...NO_SECURITY,
    ice: { remote, local, stage: "offered", generation: 0 },
  };
  return { ...NEW_MEDIA, mid, secure };
}

function known(): RemoteIce {
  return { credentials: CREDENTIALS, lite: true, trickle: true, candidates: [], complete: false };
}

function remoteOf(state: MediaState | undefined): RemoteIce | undefined {
  return state?.secure?.ice?.remote;
}

Deno.test("parseFragment takes fragments and whole descriptions, and nothing else", () => {
  assert.equal(fragment(...WORDS, "m=audio 9 RTP/AVP 0", CANDIDATE).medias.length, 1);
  assert.equal(fragment("v=0", "s=-", "m=audio 9 RTP/AVP 0").medias.length, 1);
  assert.throws(() => parseFragment("nothing"), SdpError);
});

Deno.test("withFragment finds sections by name, else by place, and adds what is new", () => {
  const states = [section("a", known()), section("v", known())];
  const named = withFragment(
    states,
    fragment(...WORDS, "m=video 9 RTP/AVP 0", "a=mid:v", CANDIDATE, "a=end-of-candidates"),
  );
  assert.equal(remoteOf(named[0])!.candidates.length, 0);
  const found = remoteOf(named[1])!;
  assert.deepEqual([found.candidates.length, found.complete, found.lite], [1, true, true]);
  const placed = withFragment(named, fragment(...WORDS, "m=audio 9 RTP/AVP 0", CANDIDATE));
  assert.equal(remoteOf(placed[0])!.candidates.length, 1);
  assert.equal(remoteOf(placed[0])!.complete, false);
});

Deno.test("withFragment leaves candidates of other credentials out", () => {
  const states = [section("a", known())];
  const other = fragment("a=ice-ufrag:other", WORDS[1]!, "m=audio 9 RTP/AVP 0", CANDIDATE);
  assert.deepEqual(withFragment(states, other), states);
  const none = fragment("m=audio 9 RTP/AVP 0", CANDIDATE);
  assert.deepEqual(withFragment(states, none), states);
});

Deno.test("withFragment keeps what comes before the answer", () => {
  const [state] = withFragment(
    [section("a", undefined)],
    fragment(...WORDS, "m=audio 9 RTP/AVP 0", CANDIDATE),
  );
  assert.equal(remoteOf(state)!.candidates.length, 1);
  assert.equal(state!.secure!.ice!.stage, "offered");
});

Deno.test("withFragment changes all sections of a bundle, and none without ICE", () => {
  const carrier = section("a", known());
  const states = [carrier, { ...carrier, mid: "v" }, { ...NEW_MEDIA, mid: "x" }];
  const after = withFragment(
    states,
    fragment(...WORDS, "m=audio 9 RTP/AVP 0", "a=mid:a", CANDIDATE),
  );
  assert.equal(remoteOf(after[1])!.candidates.length, 1);
  assert.equal(after[0]!.secure, after[1]!.secure);
  const nobody = fragment(...WORDS, "m=audio 9 RTP/AVP 0", "a=mid:x", CANDIDATE);
  assert.deepEqual(withFragment(states, nobody), states);
});
