import assert from "node:assert/strict";
import { BATCH_CALLS, CallJournal, GATHER_MS, RETRY_MS } from "./journal.ts";
import type { CallBatch, CallStore } from "./types.ts";

/** A call is its id and a revision. */
interface Call {
  readonly id: string;
  revision: number;
}

class FakeStore implements CallStore {
  readonly batches: CallBatch[] = [];
  readonly kept = new Map<string, string>();
  /** Answers given by hand when set. */
  gate: Promise<void> | undefined;
  broken = false;
  closed = false;

  load = () => [];

  async write(batch: CallBatch): Promise<void> {
    this.batches.push(batch);
    await this.gate;
    if (this.broken) throw new Error("disk full");
    for (const { callId } of batch.refuse) this.kept.delete(callId);
    for (const id of batch.remove) this.kept.delete(id);
    for (const { callId, text } of batch.put) this.kept.set(callId, text);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

function setUp(known: string[] = []) {
  const store = new FakeStore();
  const timers: { ms: number; callback: () => void }[] = [];
  const errors: string[] = [];
  const journal = new CallJournal<Call>({
    store,
    known,
    id: ({ id }) => id,
    write: (call) => {
      if (call.revision < 0) throw new Error("impossible");
      return `${call.id}#${call.revision}`;
    },
    schedule: (ms, callback) => void timers.push({ ms, callback }),
    onError: (message) => void errors.push(message),
  });
  /** Runs the timer that is due, and what follows from it. */
  const turn = async () => {
    const timer = timers.shift();
    timer?.callback();
    for (let i = 0; i < 10; i++) await Promise.resolve();
    return timer?.ms;
  };
  return { store, journal, timers, errors, turn };
}

Deno.test("CallJournal writes the last state of a call, once, after gathering", async () => {
  const { store, journal, timers, turn } = setUp();
  const call = { id: "a", revision: 1 };
  journal.changed(call);
  call.revision = 2;
  journal.changed(call);
  assert.equal(timers.length, 1);
  assert.equal(await turn(), GATHER_MS);
  assert.deepEqual(store.batches.map(({ put }) => put), [[{ callId: "a", text: "a#2" }]]);
  assert.equal(journal.pending, 0);
  assert.equal(timers.length, 0);
});

Deno.test("CallJournal never writes a call that came and went", async () => {
  const { store, journal, turn } = setUp();
  const call = { id: "a", revision: 1 };
  journal.changed(call);
  journal.closed(call);
  await turn();
  assert.deepEqual(store.batches, [{ put: [], remove: [], refuse: [] }]);
});

Deno.test("CallJournal removes a call that ends while it is being written", async () => {
  const { store, journal, turn } = setUp();
  const gate = Promise.withResolvers<void>();
  store.gate = gate.promise;
  const call = { id: "a", revision: 1 };
  journal.changed(call);
  await turn();
  journal.closed(call);
  gate.resolve();
  for (let i = 0; i < 10; i++) await Promise.resolve();
  assert.deepEqual([...store.kept.keys()], ["a"]);
  await turn();
  assert.deepEqual([...store.kept.keys()], []);
});

Deno.test("CallJournal keeps a call that takes the id of one just removed", async () => {
  const { store, journal, turn } = setUp(["a"]);
  journal.closed({ id: "a", revision: 1 });
  journal.changed({ id: "a", revision: 5 });
  await turn();
  assert.deepEqual([...store.kept], [["a", "a#5"]]);
});

Deno.test("CallJournal writes in batches, one at a time", async () => {
  const { store, journal, turn } = setUp();
  for (let i = 0; i < BATCH_CALLS + 5; i++) journal.changed({ id: `c${i}`, revision: 0 });
  await turn();
  assert.equal(store.batches[0]!.put.length, BATCH_CALLS);
  assert.equal(await turn(), 0);
  assert.equal(store.kept.size, BATCH_CALLS + 5);
});

Deno.test("CallJournal tries again when the store fails, with the newest state", async () => {
  const { store, journal, errors, timers, turn } = setUp(["old"]);
  const call = { id: "a", revision: 1 };
  store.broken = true;
  journal.changed(call);
  journal.closed({ id: "old", revision: 0 });
  await turn();
  assert.deepEqual(errors, ["calls cannot be journalled: disk full"]);
  assert.equal(timers[0]!.ms, RETRY_MS);
  call.revision = 2;
  journal.changed(call);
  store.broken = false;
  store.kept.set("old", "old#0");
  await turn();
  assert.deepEqual([...store.kept], [["a", "a#2"]]);
});

Deno.test("CallJournal leaves out what cannot be written down and says so", async () => {
  const { store, journal, errors, turn } = setUp();
  journal.changed({ id: "bad", revision: -1 });
  journal.changed({ id: "good", revision: 1 });
  await turn();
  assert.deepEqual([...store.kept.keys()], ["good"]);
  assert.deepEqual(errors, ["call bad is not journalled: impossible"]);
});

Deno.test("CallJournal writes what is left when it closes", async () => {
  const { store, journal } = setUp(["gone", "refused"]);
  for (let i = 0; i < BATCH_CALLS + 1; i++) journal.changed({ id: `c${i}`, revision: 0 });
  store.kept.set("gone", "");
  store.kept.set("refused", "");
  journal.closed({ id: "gone", revision: 0 });
  journal.refuse("refused", "port taken");
  await journal.close();
  assert.equal(store.kept.size, BATCH_CALLS + 1);
  assert.equal(store.closed, true);
});

Deno.test("CallJournal gives up at the end when the store fails", async () => {
  const { store, journal, errors } = setUp();
  store.broken = true;
  journal.changed({ id: "a", revision: 0 });
  await journal.close();
  assert.equal(store.closed, true);
  assert.equal(errors.length, 1);
});
