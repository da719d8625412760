import assert from "node:assert/strict";
import { hostCheck } from "./host_names.ts";

Deno.test("hostCheck() takes addresses, localhost and names that are ours", () => {
  const isOurs = hostCheck(["Relay.example.com"]);
  for (
    const host of [
      undefined,
      "localhost",
      "LOCALHOST:2225",
      "127.0.0.1:2225",
      "192.0.2.1",
      "[::1]:2226",
      "[2001:db8::1]",
      "relay.example.com",
      "relay.example.com.:443",
    ]
  ) {
    assert.equal(isOurs(host), true, String(host));
  }
});

Deno.test("hostCheck() refuses names of others and what is no name", () => {
  const isOurs = hostCheck(["relay.example.com"]);
  for (
    const host of [
      "",
      "evil.example",
      "evil.example:2225",
      "relay.example.com.evil.example",
      "xrelay.example.com",
      "localhost.evil.example",
      "user@localhost",
      "localhost:1:2",
      "localhost ",
      "[localhost]",
      "127.0.0.1.evil.example",
      "::1",
      "localhost/",
    ]
  ) {
    assert.equal(isOurs(host), false, host);
  }
});
