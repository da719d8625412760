import assert from "node:assert/strict";
import { Bench } from "./fixture_test_support.ts";
import { combineObservers } from "./observers.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";
import type { CallObserver, CallView } from "./types.ts";

const CALL = { callId: "c" } as CallView;

function recorder(name: string, heard: string[]): CallObserver {
  return {
    created: ({ callId }) => void heard.push(`${name} created ${callId}`),
    changed: ({ callId }) => void heard.push(`${name} changed ${callId}`),
    closed: ({ callId }, reason) => void heard.push(`${name} closed ${callId} ${reason}`),
    rejected: (reason) => void heard.push(`${name} rejected ${reason}`),
  };
}

Deno.test("combineObservers tells all of them, in order", () => {
  const heard: string[] = [];
  const { changed: _, ...withoutChanged } = recorder("3", heard);
  const all = combineObservers(
    [recorder("1", heard), recorder("2", heard), withoutChanged],
    (error) => assert.fail(String(error)),
  );
  all.created(CALL);
  all.changed(CALL);
  all.closed(CALL, "timeout");
  all.rejected("full");
  assert.deepEqual(heard, [
    ...["1 created c", "2 created c", "3 created c"],
    ...["1 changed c", "2 changed c"],
    ...["1 closed c timeout", "2 closed c timeout", "3 closed c timeout"],
    ...["1 rejected full", "2 rejected full", "3 rejected full"],
  ]);
});

Deno.test("combineObservers goes on when one of them throws", () => {
  const heard: string[] = [];
  const failures: unknown[] = [];
  const broken = (): never => {
    throw new Error("broken");
  };
  const all = combineObservers([
    { created: broken, changed: broken, closed: broken, rejected: broken },
    recorder("2", heard),
  ], (error) => failures.push(error));
  all.created(CALL);
  all.changed(CALL);
  all.closed(CALL, "timeout");
  all.rejected("full");
  assert.equal(failures.length, 4);
  assert.deepEqual(heard, ["2 created c", "2 changed c", "2 closed c timeout", "2 rejected full"]);
});

Deno.test("an observer hears of every change after it has been made, of failures never", () => {
  const bench = new Bench();
  const heard = (): string[] => bench.changes.splice(0);
  bench.offer(A + AUDIO, { "via-branch": "b1" });
  assert.deepEqual(heard(), ["c: a,"]);
  bench.answer(B + AUDIO_B, { "via-branch": "b1" });
  assert.deepEqual(heard(), ["c: a,b"]);
  bench.offer(A + AUDIO, { "via-branch": "b2" });
  assert.deepEqual(heard(), ["c: a,b,"]);
  bench.offer("garbage");
  bench.send("query", { "call-id": "c" });
  assert.deepEqual(heard(), []);
  bench.send("delete", { "call-id": "c", "via-branch": "b2", "delete delay": 2 });
  assert.deepEqual(heard(), ["c: a,b,"]);
  bench.clock.advance(2000);
  bench.service.tick();
  assert.deepEqual(heard(), ["c: a,b,"], "a branch went by itself");
  bench.send("delete", { "call-id": "c" });
  assert.deepEqual(heard(), [], "its end is no change");
  assert.deepEqual(bench.events, ["created c", "closed c terminated"]);
});
