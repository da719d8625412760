import assert from "node:assert/strict";
import type { CallView, CloseReason } from "../call/types.ts";
import { TeardownNotifier } from "./notifier.ts";
import type { Post, PostResult } from "./post.ts";

const OK: PostResult = { status: 200, body: "<methodResponse/>" };

function call(callId = "c", proxy = "192.0.2.1"): CallView {
  return {
    callId,
    proxy,
    participants: [{ tag: "a", inDialogueWith: "b" }],
  } as unknown as CallView;
}

/** A notifier whose requests are answered by `post`. */
function setup(post: Post, url = "http://%%:8000/RPC2") {
  const failures: string[] = [];
  const notifier = new TeardownNotifier({
    url,
    format: 1,
    post,
    failed: (callId, message) => failures.push(`${callId}: ${message}`),
  });
  return { notifier, failures };
}

/** Waits until all requests have been answered. */
async function settled(notifier: TeardownNotifier): Promise<void> {
  for (let i = 0; i < 1000 && notifier.pending > 0; i++) await Promise.resolve();
  assert.equal(notifier.pending, 0);
}

Deno.test("TeardownNotifier tells about calls that timed out, not about those that were ended", async () => {
  const seen: string[] = [];
  const { notifier, failures } = setup((url, _body, timeout) => {
    seen.push(`${url} ${timeout}`);
    return Promise.resolve(OK);
  });
  notifier.closed(call(), "terminated");
  notifier.closed(call(), "force_terminated");
  assert.equal(notifier.pending, 0);
  const timeouts: CloseReason[] = ["timeout", "silent_timeout", "offer_timeout", "final_timeout"];
  for (const reason of timeouts) notifier.closed(call(), reason);
  notifier.closed(call("c", "2001:db8::1"), "timeout");
  await settled(notifier);
  assert.deepEqual(seen, [
    ...timeouts.map(() => "http://192.0.2.1:8000/RPC2 5000"),
    "http://[2001:db8::1]:8000/RPC2 5000",
  ]);
  assert.deepEqual(failures, []);
});

Deno.test("TeardownNotifier tries three times and says why it gave up", async () => {
  const answers: [() => Promise<PostResult>, string][] = [
    [() => Promise.reject(new Error("connection refused")), "connection refused"],
    [() => Promise.resolve({ status: 500, body: "" }), "HTTP status 500"],
    [() => Promise.resolve({ status: 200, body: "<fault></fault>" }), "a fault"],
    [
      () => Promise.resolve({ status: 200, body: "<fault><string>no such call</string></fault>" }),
      'fault "no such call"',
    ],
  ];
  for (const [answer, problem] of answers) {
    let tries = 0;
    const { notifier, failures } = setup(() => {
      tries++;
      return answer();
    }, "http://b2b/");
    notifier.closed(call(), "timeout");
    await settled(notifier);
    assert.equal(tries, 3);
    assert.deepEqual(failures, [`c: teardown: http://b2b/: ${problem}`]);
  }
});

Deno.test("TeardownNotifier stops at the first try that is understood", async () => {
  let tries = 0;
  const { notifier, failures } = setup(() =>
    Promise.resolve(++tries < 2 ? { status: 503, body: "" } : OK)
  );
  notifier.closed(call(), "timeout");
  await settled(notifier);
  assert.equal(tries, 2);
  assert.deepEqual(failures, []);
});

Deno.test("TeardownNotifier has a few requests under way and a bounded number waiting", async () => {
  const hanging: (() => void)[] = [];
  const { notifier, failures } = setup(() =>
    new Promise((resolve) => hanging.push(() => resolve(OK)))
  );
  for (let i = 0; i < 10_009; i++) notifier.closed(call(`c${i}`), "timeout");
  assert.equal(hanging.length, 8);
  assert.equal(notifier.pending, 10_008);
  assert.deepEqual(failures, ["c10008: teardown not sent: 10000 calls wait for theirs"]);
  for (let i = 0; i < 20_000 && notifier.pending > 0; i++) {
    for (const answer of hanging.splice(0)) answer();
    await Promise.resolve();
  }
  assert.equal(notifier.pending, 0);
});
