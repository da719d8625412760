import assert from "node:assert/strict";
import { formatCandidate, pairPriority, parseCandidate, priorityOf } from "./candidate.ts";
import { newCredentials, validCredentials } from "./credentials.ts";

Deno.test("priorityOf follows RFC 8445 section 5.1.2.1", () => {
  assert.equal(priorityOf("host", 65535, 1), 2130706431);
  assert.equal(priorityOf("host", 65535, 2), 2130706430);
  assert.equal(priorityOf("relay", 0, 1), 255);
});

Deno.test("pairPriority follows RFC 8445 section 6.1.2.3", () => {
  assert.equal(pairPriority(1, 2), (1n << 32n) + 4n);
  assert.equal(pairPriority(2, 1), (1n << 32n) + 5n);
  assert.equal(pairPriority(3, 3), (3n << 32n) + 6n);
});

Deno.test("parseCandidate reads what browsers and phones write", () => {
  const line =
    "842163049 1 udp 1677729535 203.0.113.5 46154 typ srflx raddr 10.0.0.1 rport 46154 " +
    "generation 0 ufrag abcd network-cost 999";
  assert.deepEqual(parseCandidate(line), {
    foundation: "842163049",
    component: 1,
    priority: 1677729535,
    endpoint: { family: 4, address: "203.0.113.5", port: 46154 },
    type: "srflx",
  });
  const six = parseCandidate("f 2 UDP 1 2001:DB8:0::1 5 typ host")!;
  assert.equal(formatCandidate(six), "f 2 UDP 1 2001:db8::1 5 typ host");
});

Deno.test("parseCandidate leaves aside what cannot be used", () => {
  const lines = [
    "1 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active",
    "1 1 udp 2113937151 4f1c8fd0-1a8f-4b3b-9d1e-2f4b6e9b0a11.local 5000 typ host",
    "1 1 udp 2113937151 example.net 5000 typ host",
    "1 3 udp 1 192.0.2.1 5000 typ host",
    "1 1 udp 0 192.0.2.1 5000 typ host",
    "1 1 udp 2147483648 192.0.2.1 5000 typ host",
    "1 1 udp 1 192.0.2.1 0 typ host",
    "1 1 udp 1 192.0.2.1 65536 typ host",
    "1 1 udp 1 192.0.2.1 5000 typ other",
    "1 1 udp 1 192.0.2.1 5000 typ toString",
    "1 1 udp 1 192.0.2.1 5000 type host",
    "1 1 udp 1 192.0.2.256 5000 typ host",
    `${"x".repeat(33)} 1 udp 1 192.0.2.1 5000 typ host`,
    "- 1 udp 1 192.0.2.1 5000 typ host",
    "1 1 udp 1e3 192.0.2.1 5000 typ host",
    "1",
    "",
  ];
  for (const line of lines) assert.equal(parseCandidate(line), undefined, line);
});

Deno.test("newCredentials are of the form RFC 8839 asks for, and differ", () => {
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const one = newCredentials(random);
  assert.ok(validCredentials(one));
  assert.notDeepEqual(newCredentials(random), one);
  for (
    const [ufrag, pwd] of [["abc", one.pwd], [one.ufrag, "short"], ["a b c d", one.pwd], ["", ""]]
  ) {
    assert.equal(validCredentials({ ufrag: ufrag!, pwd: pwd! }), false);
  }
});
