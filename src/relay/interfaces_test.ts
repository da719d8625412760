import assert from "node:assert/strict";
import { InterfaceTable } from "./interfaces.ts";
import type { LocalAddress } from "./types.ts";

function local(name: string, address: string): LocalAddress {
  const family = address.includes(":") ? 6 : 4;
  return {
    name,
    family,
    address,
    advertised: address,
    advertisedFamily: family,
    portMin: 30000,
    portMax: 39999,
  };
}

function always(): boolean {
  return true;
}

Deno.test("InterfaceTable takes the first address of a family for the primary one", () => {
  const table = new InterfaceTable([
    local("a", "192.0.2.1"),
    local("a", "192.0.2.2"),
    local("a", "2001:db8::1"),
    local("b", "192.0.2.3"),
  ]);
  assert.equal(table.pick("a", 4, always)?.address, "192.0.2.1");
  assert.equal(table.pick("a", 6, always)?.address, "2001:db8::1");
  assert.equal(table.pick("b", 4, always)?.address, "192.0.2.3");
  assert.equal(table.pick("b", 6, always), undefined);
  assert.equal(table.pick("c", 4, always), undefined);
  assert.equal(table.pick(undefined, 4, always)?.address, "192.0.2.1");
  assert.deepEqual(["a", "b", "c", ""].map((name) => table.has(name)), [true, true, false, false]);
});

Deno.test("InterfaceTable follows aliases to interfaces and sets", () => {
  const table = new InterfaceTable(
    [local("real", "192.0.2.1"), local("set:1", "192.0.2.2")],
    new Map([["nick", "real"], ["group", "set"]]),
  );
  assert.equal(table.pick("nick", 4, always)?.name, "real");
  assert.equal(table.pick("group", 4, always)?.name, "set:1");
  assert.equal(table.has("nick"), true);
  assert.throws(
    () => new InterfaceTable([local("a", "192.0.2.1")], new Map([["x", "nobody"]])),
    /alias x stands for nobody/,
  );
});

Deno.test("InterfaceTable takes the members of BASE:SUFFIX in turn, per family", () => {
  const table = new InterfaceTable([
    local("set:1", "192.0.2.1"),
    local("set:2", "192.0.2.2"),
    local("set:2", "2001:db8::2"),
    local("set:3", "192.0.2.3"),
  ]);
  const turns = (family: 4 | 6, count: number) =>
    Array.from({ length: count }, () => table.pick("set", family, always)?.name);
  assert.deepEqual(turns(4, 4), ["set:1", "set:2", "set:3", "set:1"]);
  assert.deepEqual(turns(6, 2), ["set:2", "set:2"]);
  assert.deepEqual(turns(4, 2), ["set:2", "set:3"]);
  // a member by its full name takes no turn; the first interface stands for its set
  assert.equal(table.pick("set:3", 4, always)?.name, "set:3");
  assert.equal(table.pick(undefined, 4, always)?.name, "set:1");
});

Deno.test("InterfaceTable passes over members without free ports, and names one when all are full", () => {
  const table = new InterfaceTable([
    local("set:1", "192.0.2.1"),
    local("set:2", "192.0.2.2"),
    local("set:3", "192.0.2.3"),
  ]);
  const without2 = ({ name }: LocalAddress) => name !== "set:2";
  const names = Array.from({ length: 4 }, () => table.pick("set", 4, without2)?.name);
  assert.deepEqual(names, ["set:1", "set:3", "set:1", "set:3"]);
  assert.ok(table.pick("set", 4, () => false) !== undefined);
  assert.equal(table.pick("set", 6, () => false), undefined);
});

Deno.test("InterfaceTable without interfaces picks nothing", () => {
  assert.equal(new InterfaceTable([]).pick(undefined, 4, always), undefined);
});

Deno.test("InterfaceTable takes all interfaces in turn as round-robin-calls, per family", () => {
  const table = new InterfaceTable([
    local("a", "192.0.2.1"),
    local("a", "192.0.2.2"),
    local("a", "2001:db8::1"),
    local("b", "192.0.2.3"),
    local("c:1", "192.0.2.4"),
  ]);
  const picks = (family: 4 | 6, count: number) =>
    Array.from({ length: count }, () => table.pick("round-robin-calls", family, always)?.address);
  assert.equal(table.has("round-robin-calls"), true);
  assert.deepEqual(picks(4, 4), ["192.0.2.1", "192.0.2.3", "192.0.2.4", "192.0.2.1"]);
  assert.deepEqual(picks(6, 2), ["2001:db8::1", "2001:db8::1"]);
  assert.deepEqual(picks(4, 1), ["192.0.2.3"]);
  const own = new InterfaceTable([
    local("a", "192.0.2.1"),
    local("round-robin-calls", "192.0.2.2"),
  ]);
  assert.equal(own.pick("round-robin-calls", 4, always)?.address, "192.0.2.2");
  assert.equal(own.pick("round-robin-calls", 4, always)?.address, "192.0.2.2");
});
