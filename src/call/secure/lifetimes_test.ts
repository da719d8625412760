import assert from "node:assert/strict";
import type { CryptoAttribute } from "../../srtp/mod.ts";
import { RTP, Setup } from "./setup_test_support.ts";

function key(fill: string, lifetime?: string): CryptoAttribute {
  return {
    tag: 1,
    suite: "AES_CM_128_HMAC_SHA1_80",
    keySalt: fill.repeat(40),
    lifetime,
    mki: undefined,
    plainRtp: false,
    plainRtcp: false,
    noRtpAuth: false,
  };
}

/** A call whose first party has keys; what it takes to send packets and look at lifetimes. */
function keyed(receive: CryptoAttribute, send: CryptoAttribute) {
  const set = new Setup();
  const agree = (receive: CryptoAttribute, send: CryptoAttribute): void =>
    set.describe({ keying: { type: "sdes", receive, send } }, { protocol: "RTP/SAVP" });
  const look = (): void => {
    set.bench.clock.advance(5_000);
    set.bench.service.tick();
  };
  const from = (slot: number, count: number): void => {
    const source = set.bench.engine.rule(slot)!.remote!;
    for (let i = 0; i < count; i++) set.bench.engine.inject(slot, RTP, source);
  };
  agree(receive, send);
  look();
  const warnings = () => set.bench.log.filter((line) => line.includes("lifetime"));
  return { set, agree, look, from, warnings };
}

Deno.test("Lifetimes warns once about a party that goes on, and stops nothing", () => {
  const { set, look, from, warnings } = keyed(key("A", "2^4"), key("B"));
  from(set.slot, 15);
  look();
  assert.deepEqual(warnings(), []);
  from(set.slot, 1);
  look();
  from(set.slot, 20);
  look();
  assert.equal(warnings().length, 1);
  assert.match(warnings()[0]!, /2\^4 packets is over, but the party goes on/);
  assert.ok(set.rule.outputs.length > 0);
  assert.ok(set.phoneRule.outputs.length > 0);
});

Deno.test("Lifetimes lets nothing more leave under a key of ours until there is another", () => {
  const { set, agree, look, from, warnings } = keyed(key("A"), key("B", "10"));
  from(set.phoneSlot, 9);
  look();
  assert.ok(set.phoneRule.outputs.length > 0);
  from(set.phoneSlot, 1);
  look();
  assert.equal(set.phoneRule.outputs.length, 0);
  assert.ok(set.rule.outputs.length > 0, "the party is still heard");
  assert.ok(set.rule.decrypt !== undefined);
  assert.equal(warnings().length, 1);
  agree(key("A"), key("B", "10"));
  assert.equal(set.phoneRule.outputs.length, 0, "the same key again is no other");
  assert.equal(warnings().length, 1);
  agree(key("A"), key("C", "10"));
  look();
  assert.ok(set.phoneRule.outputs.length > 0);
  from(set.phoneSlot, 9);
  look();
  assert.ok(set.phoneRule.outputs.length > 0, "another key has its own count");
});

Deno.test("Lifetimes leaves keys without one alone", () => {
  const { set, look, from, warnings } = keyed(key("A"), key("B"));
  from(set.slot, 40);
  from(set.phoneSlot, 40);
  look();
  assert.deepEqual(warnings(), []);
  assert.ok(set.phoneRule.outputs.length > 0);
});
