import assert from "node:assert/strict";
import type { SdpOrigin } from "../sdp/mod.ts";
import { request } from "./request_test_support.ts";
import { NEW_SESSION, type SessionMemory } from "./state.ts";
import { nextVersion } from "./write_session.ts";

function origin(version: string): SdpOrigin {
  const rest = { sessionId: "1", netType: "IN", addressType: "IP4", address: "192.0.2.1" };
  return { username: "-", version, ...rest };
}

function next(replace: readonly string[], memory: SessionMemory, version: string, text: string) {
  const session = { origin: origin(version), sessionName: "-" };
  return nextVersion(request({ replace: [...replace] }), memory, session, text);
}

function version(memory: SessionMemory): string | undefined {
  return memory.origin?.version;
}

Deno.test("nextVersion leaves the version alone unless asked", () => {
  const first = next([], NEW_SESSION, "7", "one");
  assert.equal(version(first), "7");
  assert.equal(version(next([], first, "3", "two")), "3");
});

Deno.test("nextVersion grows with each change and only then", () => {
  const asked = ["SDP version"];
  const first = next(asked, NEW_SESSION, "7", "one");
  assert.equal(version(first), "7");
  const same = next(asked, first, "99", "one");
  assert.equal(version(same), "7");
  const changed = next(asked, same, "7", "two");
  assert.equal(version(changed), "8");
  assert.equal(version(next(["origin-full"], changed, "8", "three")), "9");
  assert.equal(version(next(["force-increment-sdp-ver"], changed, "7", "two")), "9");
});

Deno.test("nextVersion goes on from what was written without being asked", () => {
  const plain = next([], NEW_SESSION, "10", "one");
  const asked = next(["SDP version"], plain, "20", "two");
  assert.equal(version(asked), "10", "the first time nothing is known to have changed");
  const between = next([], asked, "40", "two");
  assert.equal(version(next(["SDP version"], between, "50", "three")), "41");
});

Deno.test("nextVersion counts beyond 64 bits and past what is no number", () => {
  const asked = ["SDP version"];
  const huge = next(asked, NEW_SESSION, "18446744073709551615", "one");
  assert.equal(version(next(asked, huge, "1", "two")), "18446744073709551616");
  const word = next(asked, NEW_SESSION, "abc", "one");
  assert.equal(version(next(asked, word, "1", "two")), "1");
});
