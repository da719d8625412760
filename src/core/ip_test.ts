import assert from "node:assert/strict";
import {
  type AddressClass,
  canonicalIp,
  classifyIp,
  embeddedIpv4,
  formatIp,
  makeEndpoint,
  parseEndpoint,
  parseIp,
} from "./ip.ts";

Deno.test("canonicalIp writes IPv6 as RFC 5952 does", () => {
  const forms: readonly [string, string][] = [
    ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
    ["2001:DB8::aAaA:0:0:1", "2001:db8::aaaa:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"], // one group is not shortened
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"], // the longest run
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"], // the first of equal runs
    ["0:0:0:0:0:0:0:0", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ];
  for (const [text, canonical] of forms) {
    assert.deepEqual(canonicalIp(text), { family: 6, address: canonical }, text);
  }
});

Deno.test("canonicalIp unwraps IPv4-mapped addresses", () => {
  for (const text of ["::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:192.0.2.1"]) {
    assert.deepEqual(canonicalIp(text), { family: 4, address: "192.0.2.1" }, text);
  }
});

Deno.test("parseIp refuses what is not exactly an address", () => {
  const wrong = [
    "",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "01.2.3.4", // octal elsewhere
    "1.2.3.4 ",
    " 1.2.3.4",
    "1.2.3.+4",
    "0x7f.0.0.1",
    "1.2.3.4:5",
    "localhost",
    ":",
    ":::",
    "1:2",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    "1::2::3",
    ":1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:",
    "12345::",
    "g::",
    "[::1]",
    "fe80::1%eth0",
    "::1.2.3",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "::ffff:1.2.3.4.5",
    "1:2:3:4:5:6:7:1.2.3.4",
    "1:".repeat(40),
  ];
  for (const text of wrong) assert.equal(parseIp(text), undefined, text);
});

Deno.test("parseIp and formatIp are inverse for 2,000 random IPv6 addresses with runs of zeros", () => {
  let seed = 12345;
  const random = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x80000000;
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from({ length: 16 }, () => random() < 0.6 ? 0 : random() * 256);
    const text = formatIp(6, bytes);
    const parsed = parseIp(text);
    assert.ok(parsed !== undefined, text);
    if (parsed.family === 4) assert.deepEqual(parsed.bytes, bytes.subarray(12));
    else assert.deepEqual(parsed.bytes, bytes);
    assert.ok(!/(^|:)0[0-9a-f]/.test(text) && !text.includes(":::"), text);
  }
});

Deno.test("formatIp reads from an offset", () => {
  const bytes = new Uint8Array([9, 9, 192, 0, 2, 1]);
  assert.equal(formatIp(4, bytes, 2), "192.0.2.1");
});

Deno.test("classifyIp tells what an address is for, at both ends of each network", () => {
  const classes: Record<AddressClass, readonly string[]> = {
    "unspecified": ["0.0.0.0", "0.255.255.255", "::"],
    "loopback": ["127.0.0.0", "127.255.255.255", "::1", "::ffff:127.0.0.1"],
    "link-local": ["169.254.0.0", "169.254.255.255", "fe80::", "febf:ffff::1"],
    "multicast": ["224.0.0.0", "239.255.255.255", "ff00::", "ff02::1"],
    "broadcast": ["255.255.255.255"],
    "reserved": ["240.0.0.0", "255.255.255.254"],
    "private": [
      "10.0.0.0",
      "10.255.255.255",
      "172.16.0.0",
      "172.31.255.255",
      "192.168.0.0",
      "192.168.255.255",
      "100.64.0.0",
      "100.127.255.255",
      "fc00::",
      "fdff::1",
    ],
    "global": [
      "1.0.0.0",
      "9.255.255.255",
      "11.0.0.0",
      "126.0.0.0",
      "128.0.0.0",
      "169.253.0.0",
      "169.255.0.0",
      "172.15.0.0",
      "172.32.0.0",
      "192.169.0.0",
      "100.63.0.0",
      "100.128.0.0",
      "223.255.255.255",
      "2001:db8::1",
      "::2",
      "fec0::",
      "fe00::",
    ],
  };
  for (const [kind, addresses] of Object.entries(classes)) {
    for (const address of addresses) {
      const ip = parseIp(address);
      assert.ok(ip !== undefined, address);
      assert.equal(classifyIp(ip), kind, address);
    }
  }
});

Deno.test("embeddedIpv4 finds the address behind NAT64 and IPv4-compatible forms only", () => {
  const inside = (text: string) => {
    const ip = embeddedIpv4(parseIp(text)!);
    return ip && formatIp(4, ip.bytes);
  };
  assert.equal(inside("64:ff9b::127.0.0.1"), "127.0.0.1");
  assert.equal(inside("::127.0.0.1"), "127.0.0.1");
  for (const text of ["::", "::1", "64:ff9b:1::7f00:1", "64:ff9c::1", "2001:db8::1", "127.0.0.1"]) {
    assert.equal(inside(text), undefined, text);
  }
});

Deno.test("makeEndpoint and parseEndpoint refuse ports outside of 0..65535", () => {
  assert.deepEqual(makeEndpoint("::ffff:192.0.2.1", 5), {
    family: 4,
    address: "192.0.2.1",
    port: 5,
  });
  for (const port of [-1, 65536, 1.5, NaN]) {
    assert.equal(makeEndpoint("192.0.2.1", port), undefined);
  }
  assert.deepEqual(parseEndpoint("[2001:DB8::1]:65535"), {
    family: 6,
    address: "2001:db8::1",
    port: 65535,
  });
  assert.deepEqual(parseEndpoint("192.0.2.1:0"), { family: 4, address: "192.0.2.1", port: 0 });
  const wrong = ["192.0.2.1", "192.0.2.1:65536", "2001:db8::1:5", "[192.0.2.1]:5", "[::1]", "x:1"];
  for (const text of wrong) assert.equal(parseEndpoint(text), undefined, text);
});
