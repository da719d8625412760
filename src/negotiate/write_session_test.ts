import assert from "node:assert/strict";
import { NEW_SESSION } from "./state.ts";
import { nextVersion } from "./write_session.ts";
import { request } from "./request_test_support.ts";

Deno.test("nextVersion leaves the version alone unless asked", () => {
  assert.deepEqual(nextVersion(request(), NEW_SESSION, "7", "text"), {
    version: "7",
    memory: NEW_SESSION,
  });
});

Deno.test("nextVersion grows with each change and only then", () => {
  const asked = request({ replace: ["SDP version"] });
  const first = nextVersion(asked, NEW_SESSION, "7", "one");
  assert.equal(first.version, "7");
  const same = nextVersion(asked, first.memory, "99", "one");
  assert.equal(same.version, "7");
  const changed = nextVersion(asked, same.memory, "7", "two");
  assert.equal(changed.version, "8");
  const forced = request({ replace: ["force-increment-sdp-ver"] });
  assert.equal(nextVersion(forced, changed.memory, "7", "two").version, "9");
});

Deno.test("nextVersion counts beyond 64 bits and past what is no number", () => {
  const asked = request({ replace: ["SDP version"] });
  const huge = nextVersion(asked, NEW_SESSION, "18446744073709551615", "one");
  assert.equal(nextVersion(asked, huge.memory, "1", "two").version, "18446744073709551616");
  const word = nextVersion(asked, NEW_SESSION, "abc", "one");
  assert.equal(nextVersion(asked, word.memory, "1", "two").version, "1");
});
