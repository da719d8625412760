import assert from "node:assert/strict";
import { parseIni } from "./ini.ts";
import { readInterfaceGroups } from "./interface_groups.ts";
import type { Report } from "./interfaces.ts";

const RANGE = { portMin: 30000, portMax: 39999 };

function read(content: string, prefix = "interface") {
  const report: Report = { errors: [], warnings: [] };
  const requests = readInterfaceGroups(parseIni(content), prefix, "/c", RANGE, report);
  return { requests, ...report };
}

Deno.test("readInterfaceGroups takes name, address and ports of a group", () => {
  const { requests, errors } = read(
    "[interface-foo]\naddress = 10.0.0.5\nadvertised = 203.0.113.7\nport-min = 40000\n" +
      "port-max = 49999\nexclude-ports = 40100; 40101\n",
  );
  assert.deepEqual(errors, []);
  assert.deepEqual(requests, [{
    origin: "/c:1",
    name: "foo",
    address: "10.0.0.5",
    advertised: "203.0.113.7",
    portMin: 40000,
    portMax: 49999,
    excludePorts: [40100, 40101],
  }]);
});

Deno.test("readInterfaceGroups takes the ports of the options when a group has none", () => {
  const { requests } = read("[interface-foo]\naddress=10.0.0.5\n");
  assert.deepEqual(requests, [{
    origin: "/c:1",
    name: "foo",
    address: "10.0.0.5",
    ...RANGE,
    excludePorts: [],
  }]);
});

Deno.test("readInterfaceGroups lets name= add to another group, in file order", () => {
  const { requests } = read(
    "[interface-a]\naddress=10.0.0.5\n[other]\nx=1\n[interface-b]\nname=a\naddress=::1\n",
  );
  assert.deepEqual(requests.map(({ origin }) => origin), ["/c:1", "/c:5"]);
  assert.deepEqual(requests.map((request) => "name" in request && request.name), ["a", "a"]);
});

Deno.test("readInterfaceGroups knows the three spellings of advertised", () => {
  for (const key of ["advertised", "advertised-address", "advertised_address"]) {
    const [request] = read(`[interface-a]\naddress=10.0.0.5\n${key}=h.example\n`).requests;
    assert.equal(request && "advertised" in request && request.advertised, "h.example");
  }
});

Deno.test("readInterfaceGroups reads aliases", () => {
  assert.deepEqual(read("[interface-x]\nalias=foo\n").requests, [
    { origin: "/c:1", alias: "x", name: "foo" },
  ]);
});

Deno.test("readInterfaceGroups reads only groups of its prefix", () => {
  assert.deepEqual(
    read("[interface-a]\naddress=::1\n[if-b]\naddress=::1\n", "if").requests.length,
    1,
  );
  assert.deepEqual(read("[interface]\naddress=::1\n").requests, []);
});

Deno.test("readInterfaceGroups names file, line and what is wrong", () => {
  const cases: [string, RegExp][] = [
    ["port-min=1000", /^\/c:1: \[interface-a\] has no address/],
    ["address=1.2.3.4;5.6.7.8", /^\/c:2: .*"1\.2\.3\.4;5\.6\.7\.8" is more than one address/],
    ["address=1.2.3.4\nport-min=0", /^\/c:3: .*port-min: "0" is not an integer from 1 to 65535/],
    ["address=1.2.3.4\nport-max=99999", /^\/c:3: .*port-max: "99999"/],
    ["address=1.2.3.4\nport-min=0x10", /^\/c:3: .*port-min: "0x10"/],
    ["address=1.2.3.4\nexclude-ports=1;x", /^\/c:3: .*exclude-ports: "x"/],
    ["address=1.2.3.4\nport-min=45000", /^\/c:3: .*ports 45000 to 39999 are no range/],
    ["address=1.2.3.4\nalias=b", /^\/c:3: .*has both an address and an alias/],
    ["name=a b\naddress=1.2.3.4", /^\/c:2: .*"a b" cannot name an interface/],
  ];
  for (const [body, message] of cases) {
    const { requests, errors } = read(`[interface-a]\n${body}\n`);
    assert.deepEqual(requests, [], body);
    assert.equal(errors.length, 1, body);
    assert.match(errors[0]!, message);
  }
});

Deno.test("readInterfaceGroups warns of unknown keys", () => {
  const { requests, warnings } = read("[interface-a]\naddress=::1\nprot-min=5\n");
  assert.equal(requests.length, 1);
  assert.match(warnings[0]!, /^\/c:3: unknown key "prot-min" .*did you mean "port-min"/);
});
