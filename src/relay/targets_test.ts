import assert from "node:assert/strict";
import type { Endpoint } from "../core/endpoint.ts";
import { type OwnEndpoints, refuseTarget } from "./targets.ts";

const publicly = { address: "203.0.113.1" };
const nothing: OwnEndpoints = { control: [], addresses: new Set() };

function to(address: string, port = 5004): Endpoint {
  return { family: address.includes(":") ? 6 : 4, address, port };
}

Deno.test("refuseTarget lets media go to unicast addresses, private ones included", () => {
  for (const address of ["198.51.100.1", "10.0.0.1", "192.168.1.1", "2001:db8::1", "fd00::1"]) {
    assert.equal(refuseTarget(to(address), publicly, nothing), undefined, address);
  }
});

Deno.test("refuseTarget refuses what is no unicast destination, in every disguise", () => {
  const refused: readonly [string, RegExp][] = [
    ["0.0.0.0", /unspecified/],
    ["0.1.2.3", /unspecified/],
    ["::", /unspecified/],
    ["::ffff:0.0.0.0", /unspecified/],
    ["224.0.0.1", /multicast/],
    ["ff02::1", /multicast/],
    ["255.255.255.255", /broadcast/],
    ["240.0.0.1", /reserved/],
    ["127.0.0.1", /loopback/],
    ["127.1.2.3", /loopback/],
    ["::1", /loopback/],
    ["::ffff:127.0.0.1", /loopback/],
    ["::127.0.0.1", /loopback/],
    ["64:ff9b::7f00:1", /loopback/],
    ["169.254.169.254", /link-local/],
    ["::ffff:169.254.169.254", /link-local/],
    ["fe80::1", /link-local/],
    ["host.example", /not an IP address/],
  ];
  for (const [address, reason] of refused) {
    assert.match(refuseTarget(to(address), publicly, nothing) ?? "let through", reason, address);
  }
});

Deno.test("refuseTarget refuses ports that are none", () => {
  for (const port of [0, -1, 65536, NaN]) {
    assert.match(refuseTarget(to("198.51.100.1", port), publicly, nothing) ?? "", /no valid port/);
  }
});

Deno.test("refuseTarget allows loopback from loopback and link-local from link-local", () => {
  assert.equal(refuseTarget(to("127.0.0.1"), { address: "127.0.0.2" }, nothing), undefined);
  assert.equal(refuseTarget(to("::1"), { address: "::1" }, nothing), undefined);
  assert.equal(refuseTarget(to("fe80::2"), { address: "fe80::1" }, nothing), undefined);
  assert.equal(refuseTarget(to("198.51.100.1"), { address: "127.0.0.1" }, nothing), undefined);
  assert.match(refuseTarget(to("fe80::2"), { address: "::1" }, nothing) ?? "", /link-local/);
  assert.match(
    refuseTarget(to("127.0.0.1"), { address: "169.254.1.1" }, nothing) ?? "",
    /loopback/,
  );
});

Deno.test("refuseTarget refuses the control ports of this daemon", () => {
  const own: OwnEndpoints = {
    control: [to("203.0.113.5", 2223), to("0.0.0.0", 9900), to("::", 8080)],
    addresses: new Set(["203.0.113.1", "2001:db8::1"]),
  };
  const refuse = (address: string, port: number, local = publicly) =>
    refuseTarget(to(address, port), local, own);
  assert.match(refuse("203.0.113.5", 2223) ?? "", /control port/);
  assert.match(refuse("::ffff:203.0.113.5", 2223) ?? "", /control port/);
  assert.match(refuse("64:ff9b::cb00:7105", 2223) ?? "", /control port/);
  assert.match(refuse("203.0.113.1", 9900) ?? "", /control port/);
  assert.match(refuse("127.0.0.1", 9900, { address: "127.0.0.1" }) ?? "", /control port/);
  assert.match(refuse("203.0.113.1", 8080) ?? "", /control port/, "a dual-stack listener");
  assert.match(refuse("2001:db8::1", 8080) ?? "", /control port/);
  assert.equal(refuse("203.0.113.5", 2224), undefined);
  assert.equal(refuse("203.0.113.6", 2223), undefined);
  assert.equal(refuse("198.51.100.1", 9900), undefined, "somebody else's port of that number");
  assert.equal(refuse("2001:db8::1", 9900), undefined, "an IPv4 listener only");
});
