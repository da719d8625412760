import assert from "node:assert/strict";
import { networkText, ntpText } from "./network.ts";
import { parsePreset, redactPreset } from "./preset.ts";

const WHOLE = `
[network]
hostname = relay-1
link = eth1
address = 192.0.2.10/24; 2001:db8::10/64
gateway = 192.0.2.1;2001:db8::1
dns = 192.0.2.53
ntp = time.example.com;192.0.2.7

[access]
password = a long enough one
ssh-key = ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@there

[rtpengine]
control-allow-ng = 192.0.2.20
listen-ng = 2223
`;

Deno.test("parsePreset reads everything a preset may say", () => {
  const { preset, problems } = parsePreset(WHOLE);
  assert.deepEqual(problems, []);
  assert.equal(preset.hostname, "relay-1");
  assert.deepEqual(preset.network, {
    link: "eth1",
    addresses: ["192.0.2.10/24", "2001:db8::10/64"],
    gateways: ["192.0.2.1", "2001:db8::1"],
    dns: ["192.0.2.53"],
  });
  assert.deepEqual(preset.ntp, ["time.example.com", "192.0.2.7"]);
  assert.equal(preset.password, "a long enough one");
  assert.equal(preset.sshKeys.length, 1);
  assert.deepEqual([...preset.options.get("rtpengine")!], [
    ["control-allow-ng", "192.0.2.20"],
    ["listen-ng", "2223"],
  ]);
});

Deno.test("parsePreset leaves the network alone when nothing is said of it", () => {
  const { preset, problems } = parsePreset(
    "[network]\nhostname = a\n[rtpengine]\nport-max = 31000\n",
  );
  assert.deepEqual(problems, []);
  assert.equal(preset.network, undefined);
  assert.deepEqual(
    parsePreset("[network]\naddress = dhcp\nlink = eth0\n").preset.network?.addresses,
    [],
  );
});

Deno.test("parsePreset names each thing that is wrong", () => {
  const wrong: Readonly<Record<string, RegExp>> = {
    "[network]\naddress = 192.0.2.10": /address "192\.0\.2\.10" is not like/,
    "[network]\naddress = 192.0.2.10/33": /192\.0\.2\.10\/33/,
    "[network]\ngateway = 192.0.2.1": /a gateway needs an address/,
    "[network]\naddress = 192.0.2.1/24\ngateway = router": /gateway "router" is no IP address/,
    "[network]\nhostname = -x": /hostname "-x"/,
    "[network]\nlink = a/b": /link "a\/b"/,
    "[network]\nntp = a b": /ntp "a b"/,
    "[network]\nadress = 192.0.2.1/24": /\[network\] has no "adress"/,
    "[access]\npassword = short": /less than 10 characters/,
    "[access]\nssh-key = ssh-ed25519": /is no public key/,
    "[rtpengine]\nport-maxx = 1": /\[rtpengine\] has no option "port-maxx"/,
    "nonsense": /line 1/,
  };
  for (const [text, sentence] of Object.entries(wrong)) {
    assert.match(parsePreset(text).problems.join("; "), sentence, text);
  }
});

Deno.test("redactPreset takes out the password and nothing else", () => {
  const text = redactPreset(WHOLE);
  assert.doesNotMatch(text, /long enough/);
  assert.deepEqual(parsePreset(text).preset.sshKeys, parsePreset(WHOLE).preset.sshKeys);
  assert.equal(redactPreset("[other]\npassword = x"), "[other]\npassword = x");
});

Deno.test("networkText has fixed addresses, or DHCP without any", () => {
  const { network } = parsePreset(WHOLE).preset;
  const text = networkText(network!);
  assert.match(text, /^Name=eth1$/m);
  assert.match(text, /^Address=2001:db8::10\/64$/m);
  assert.match(text, /^Gateway=192\.0\.2\.1$/m);
  assert.match(text, /^DNS=192\.0\.2\.53$/m);
  assert.doesNotMatch(text, /DHCP/);
  const dhcp = networkText({ addresses: [], gateways: [], dns: [] });
  assert.match(dhcp, /^Name=en\* eth\* end\*$/m);
  assert.match(dhcp, /^DHCP=yes$/m);
  assert.equal(ntpText(["a", "b"]), "server a iburst\nserver b iburst\n");
});
