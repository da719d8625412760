import assert from "node:assert/strict";
import { FakeHost, type FakeHostData } from "./fake_host.ts";
import { buildInterfaces, type InterfaceSet, parseInterface, type Report } from "./interfaces.ts";

const RANGE = { portMin: 30000, portMax: 39999 };

async function build(
  items: string[],
  data?: FakeHostData,
): Promise<InterfaceSet & { errors: string[]; warnings: string[] }> {
  const report: Report = { errors: [], warnings: [] };
  const requests = items.flatMap((item) => parseInterface(item, RANGE, "test", report) ?? []);
  const set = await buildInterfaces(
    {
      interfaces: requests.filter((request) => "address" in request),
      aliases: requests.filter((request) => "alias" in request),
    },
    new FakeHost(data),
    report,
  );
  return { ...set, ...report };
}

/** `name/address!advertised` of each address; fails on errors. */
async function addressesOf(items: string[], data?: FakeHostData): Promise<string[]> {
  const { addresses, errors } = await build(items, data);
  assert.deepEqual(errors, []);
  return addresses.map(({ name, address, advertised }) =>
    `${name}/${address}${advertised === address ? "" : `!${advertised}`}`
  );
}

Deno.test("buildInterfaces names an interface default when it has no name", async () => {
  assert.deepEqual(await addressesOf(["192.0.2.1"]), ["default/192.0.2.1"]);
});

Deno.test("buildInterfaces makes complete records", async () => {
  assert.deepEqual((await build(["ext/192.0.2.1!2001:DB8::9"])).addresses, [{
    name: "ext",
    family: 4,
    address: "192.0.2.1",
    advertised: "2001:db8::9",
    advertisedFamily: 6,
    portMin: 30000,
    portMax: 39999,
  }]);
});

Deno.test("buildInterfaces takes IPv6 with and without brackets", async () => {
  assert.deepEqual(await addressesOf(["[2001:db8::1]", "x/2001:DB8:0:0::1"]), [
    "default/2001:db8::1",
    "x/2001:db8::1",
  ]);
});

Deno.test("buildInterfaces takes all addresses of a network interface but link-local ones", async () => {
  assert.deepEqual(await addressesOf(["int/eth0"]), ["int/192.0.2.1", "int/2001:db8::1"]);
  assert.deepEqual(await addressesOf(["lo"]), ["default/127.0.0.1", "default/::1"]);
});

Deno.test("buildInterfaces advertises one address for all of a network interface", async () => {
  assert.deepEqual(await addressesOf(["eth0!203.0.113.7"]), [
    "default/192.0.2.1!203.0.113.7",
    "default/2001:db8::1!203.0.113.7",
  ]);
});

Deno.test("buildInterfaces takes any as all but loopback and link-local", async () => {
  assert.deepEqual(await addressesOf(["any"]), ["default/192.0.2.1", "default/2001:db8::1"]);
  const { errors } = await build(["any"], { devices: { lo: ["127.0.0.1"] } });
  assert.match(errors[0]!, /"any" finds no address/);
});

Deno.test("buildInterfaces looks host names up, both sides of the !", async () => {
  const names = {
    "media.example": ["192.0.2.1", "2001:db8::1"],
    "public.example": ["2001:db8::99", "203.0.113.7"],
    "four.example": ["203.0.113.8"],
  };
  assert.deepEqual(await addressesOf(["media.example!public.example"], { names }), [
    "default/192.0.2.1!203.0.113.7",
    "default/2001:db8::1!2001:db8::99",
  ]);
  assert.deepEqual(await addressesOf(["2001:db8::1!four.example"], { names }), [
    "default/2001:db8::1!203.0.113.8",
  ]);
});

Deno.test("buildInterfaces keeps order and BASE:SUFFIX names", async () => {
  const items = ["b:1/192.0.2.1", "b:2/127.0.0.1", "a/127.0.0.1"];
  assert.deepEqual(await addressesOf(items), ["b:1/192.0.2.1", "b:2/127.0.0.1", "a/127.0.0.1"]);
});

Deno.test("buildInterfaces takes a repeated address once and says so", async () => {
  const { addresses, warnings } = await build(["a/127.0.0.1", "a/127.0.0.1"]);
  assert.equal(addresses.length, 1);
  assert.match(warnings[0]!, /a\/127\.0\.0\.1 is there already/);
});

Deno.test("buildInterfaces warns of addresses that this host does not have", async () => {
  const { addresses, warnings } = await build(["198.51.100.1", "127.1.2.3"]);
  assert.equal(addresses.length, 2);
  assert.deepEqual(warnings.length, 1);
  assert.match(warnings[0]!, /no network interface of this host has 198\.51\.100\.1 now/);
});

Deno.test("buildInterfaces resolves aliases, also of sets and of aliases", async () => {
  const { aliases, errors } = await build([
    "second=first",
    "first=main",
    "main/127.0.0.1",
    "set=rr",
    "rr:1/192.0.2.1",
  ]);
  assert.deepEqual(errors, []);
  assert.deepEqual([...aliases], [["second", "main"], ["first", "main"], ["set", "rr"]]);
});

Deno.test("buildInterfaces refuses aliases that lead nowhere or in circles", async () => {
  const cases: [string[], RegExp][] = [
    [["x=none", "127.0.0.1"], /alias "x" stands for "none".*there is default/],
    [["x=y", "y=x", "127.0.0.1"], /alias "x" stands for "y", which is no interface/],
    [["default=a", "a/127.0.0.1", "127.0.0.1"], /"default" is the name of an interface already/],
  ];
  for (const [items, message] of cases) assert.match((await build(items)).errors[0]!, message);
});

Deno.test("interface errors name the item, what is wrong and where it came from", async () => {
  const cases: [string, RegExp][] = [
    ["/127.0.0.1", /"\/127\.0\.0\.1" has no usable name/],
    ["a b/127.0.0.1", /has no usable name/],
    ["a/", /"a\/" has no address/],
    ["127.0.0.1!", /has no advertised address/],
    ["127.0.0.1!1.2.3.4!5.6.7.8", /more than one !/],
    ["a=b=c", /is not ALIAS=NAME/],
    ["=b", /is not ALIAS=NAME/],
    ["eth7", /"eth7" is no address, none of the network interfaces \(lo or eth0\) and cannot be/],
    ["256.1.1.1", /"256\.1\.1\.1" is neither an address nor one of lo, eth0 or any/],
    ["0.0.0.0", /"0\.0\.0\.0" is unspecified/],
    ["::", /is unspecified/],
    ["224.0.0.1", /is multicast/],
    ["ff02::1", /is multicast/],
    ["255.255.255.255", /is broadcast/],
    ["127.0.0.1!no.example", /advertised address "no\.example" is no address.*ENOTFOUND/],
    ["127.0.0.1!1.2.3", /advertised address "1\.2\.3" is no address/],
  ];
  for (const [item, message] of cases) {
    const { errors } = await build([item]);
    assert.equal(errors.length, 1, `${item}: ${errors}`);
    assert.match(errors[0]!, message);
    assert.match(errors[0]!, /^interface: .*\(from test\)$/);
  }
});

Deno.test("a network interface with link-local addresses only is refused", async () => {
  const { errors } = await build(["eth1"], { devices: { eth1: ["fe80::1"] } });
  assert.match(errors[0]!, /"eth1" has only link-local addresses/);
});
