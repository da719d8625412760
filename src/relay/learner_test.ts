import assert from "node:assert/strict";
import type { Endpoint } from "../core/endpoint.ts";
import { Learner } from "./learner.ts";
import type { Rule } from "./types.ts";
import { rule as plain } from "./rule_test_support.ts";

const signalled = at("192.0.2.1", 5004);
const sameAddress = at("192.0.2.1", 6000);
const samePort = at("192.0.2.9", 5004);
const stranger = at("192.0.2.9", 6000);

function at(address: string, port: number): Endpoint {
  return { family: 4, address, port };
}

function learner(parts: Partial<Rule>): Learner {
  const made = new Learner();
  made.install(rule(parts), 0);
  return made;
}

function rule(parts: Partial<Rule>): Rule {
  return plain({ remote: signalled, learning: "heuristic", ...parts });
}

Deno.test("Learner in heuristic mode climbs from anything to an exact match and never back", () => {
  const one = learner({});
  const order = [stranger, samePort, stranger, sameAddress, samePort, signalled];
  const followed = order.map((source) => {
    one.packet(source, 1);
    return one.remote;
  });
  assert.deepEqual(followed, [stranger, samePort, samePort, sameAddress, sameAddress, signalled]);
  assert.equal(one.confirmed, true);
});

Deno.test("Learner in heuristic mode confirms the best it has when the window is over", () => {
  const one = learner({});
  one.packet(samePort, 100);
  assert.deepEqual([one.confirmed, one.learned], [false, true]);
  assert.deepEqual(one.packet(signalled, 3000), { pass: true, changed: true });
  assert.deepEqual([one.remote, one.confirmed], [samePort, true]);
});

Deno.test("Learner under strict source drops worse matches already while it learns", () => {
  const one = learner({ sourceAction: "drop" });
  assert.equal(one.packet(sameAddress, 1).pass, true);
  assert.equal(one.packet(stranger, 2).pass, false);
  assert.equal(one.packet(sameAddress, 3).pass, true);
  assert.equal(one.packet(signalled, 4).pass, true);
  assert.equal(one.packet(sameAddress, 5).pass, false);
});

Deno.test("Learner tells of changes and of confirmation, not of every packet", () => {
  const one = learner({ learning: "delayed" });
  const changes = [[stranger, 1], [stranger, 2], [samePort, 3], [samePort, 3000], [samePort, 3001]]
    .map(([source, now]) => one.packet(source as Endpoint, now as number).changed);
  assert.deepEqual(changes, [true, false, true, true, false]);
});

Deno.test("Learner hands over to a new source, but not when learning is off", () => {
  const open = learner({ learning: "immediate", sourceAction: "handover" });
  open.packet(stranger, 1);
  assert.deepEqual(open.packet(samePort, 2), { pass: true, changed: true });
  assert.equal(open.remote, samePort);
  const off = learner({ learning: "off", sourceAction: "handover" });
  assert.deepEqual(off.packet(stranger, 1), { pass: true, changed: false });
  assert.equal(off.remote, signalled);
});

Deno.test("Learner without a signalled endpoint takes the first source", () => {
  const one = new Learner();
  const { remote: _, ...unsignalled } = rule({});
  one.install(unsignalled, 0);
  assert.equal(one.remote, undefined);
  one.packet(stranger, 1);
  one.packet(samePort, 2);
  assert.equal(one.remote, stranger);
});

Deno.test("Learner starts anew when learning is turned off or on", () => {
  const one = learner({ learning: "immediate" });
  one.packet(stranger, 1);
  one.install(rule({ learning: "off" }), 2);
  assert.deepEqual([one.remote, one.confirmed, one.learned], [signalled, true, false]);
  one.install(rule({ learning: "immediate" }), 3);
  assert.equal(one.confirmed, false);
});
