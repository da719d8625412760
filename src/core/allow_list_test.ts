import assert from "node:assert/strict";
import { AllowList } from "./allow_list.ts";

Deno.test("AllowList without entries lets nobody in", () => {
  const list = new AllowList([]);
  for (const address of ["127.0.0.1", "::1", "192.0.2.1"]) {
    assert.equal(list.matches(address), false);
  }
});

Deno.test("AllowList matches any, loopback, addresses and networks", () => {
  const list = new AllowList(["loopback", "192.0.2.7", "198.51.100.0/25", "2001:db8::/33"]);
  const inside = [
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "::ffff:127.0.0.1",
    "192.0.2.7",
    "::ffff:192.0.2.7",
    "198.51.100.0",
    "198.51.100.127",
    "2001:db8::1",
    "2001:db8:7fff:ffff::1",
  ];
  const outside = [
    "192.0.2.6",
    "198.51.100.128",
    "198.51.99.255",
    "2001:db8:8000::1",
    "2001:db9::1",
    "::2",
    "no address",
    "",
  ];
  for (const address of inside) assert.equal(list.matches(address), true, address);
  for (const address of outside) assert.equal(list.matches(address), false, address);
  assert.equal(new AllowList(["any"]).matches("203.0.113.9"), true);
  assert.equal(list.toString(), "loopback,192.0.2.7,198.51.100.0/25,2001:db8::/33");
});

Deno.test("AllowList takes /0 of one family for that family only", () => {
  const list = new AllowList(["0.0.0.0/0"]);
  assert.equal(list.matches("203.0.113.9"), true);
  assert.equal(list.matches("2001:db8::1"), false);
});

Deno.test("AllowList takes a mapped network for the IPv4 one", () => {
  const list = new AllowList(["::ffff:192.0.2.0/120"]);
  assert.equal(list.matches("192.0.2.200"), true);
  assert.equal(list.matches("192.0.3.0"), false);
});

Deno.test("AllowList names the entry that is none", () => {
  const wrong: readonly [string, RegExp][] = [
    ["example", /example is not any, loopback/],
    ["192.0.2.0/33", /prefix length of 192\.0\.2\.0\/33 .* 0 to 32/],
    ["192.0.2.0/", /prefix length/],
    ["192.0.2.0/-1", /prefix length/],
    ["::ffff:192.0.2.0/64", /prefix length/],
    ["192.0.2.1/24", /192\.0\.2\.1\/24 has address bits set beyond/],
    ["2001:db8::1/64", /beyond its prefix/],
  ];
  for (const [entry, message] of wrong) {
    assert.throws(() => new AllowList(["loopback", entry]), { message });
  }
});
