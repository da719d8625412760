import assert from "node:assert/strict";
import { redact, redactConfiguration, withSecretsOf } from "./redact.ts";

const TOKEN = `rtpe_${"a".repeat(12)}_${"B".repeat(43)}`;

Deno.test("redact() leaves nothing that is secret", () => {
  const secrets = [
    `token=${TOKEN}`,
    `wss://192.0.2.1:2226/${TOKEN}/`,
    "Authorization: Bearer abcdefghijkl",
    "Authorization: Basic dXNlcjpwYXNz",
    "redis = redis://user:hunter22@192.0.2.1:6379/2",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
    "a=ice-pwd:asd88fgpdd777uzjYhagZg",
    "ice-pwd=asd88fgpdd777uzjYhagZg",
    'password="hunter22"',
    "password: hunter22",
    '{"secret":"hunter22"}',
    "-----BEGIN PRIVATE KEY-----\nhunter22\n-----END PRIVATE KEY-----",
    "-----BEGIN EC PRIVATE KEY-----\nhunter22",
    `__Host-rtpedge=${"A".repeat(43)}`,
    "scrypt$15$8$1$AAAA$hunter22",
    "srtp master key=hunter22",
  ];
  for (const text of secrets) {
    const shown = redact(text);
    assert.doesNotMatch(
      shown,
      /hunter22|B{43}|A{43}|abcdefghijkl|dXNlc|WVNfX|asd88/,
      `${text} → ${shown}`,
    );
    assert.match(shown, /\*\*\*/, text);
  }
});

Deno.test("redact() leaves the rest alone", () => {
  const text = "INFO: [call@host]: [control] offer from 192.0.2.1:5060, https://example.com:8080/x";
  assert.equal(redact(text), text);
  assert.equal(redact("tokens: 3 of them"), "tokens: 3 of them");
});

Deno.test("redactConfiguration() masks secret options, and those in addresses, and nothing else", () => {
  const text = "[rtpengine]\ninterface = any\njanus-secret = hunter22\n# janus-secret = old22\n" +
    "b2b-url = http://u:hunter22@192.0.2.1/1\n";
  assert.equal(
    redactConfiguration(text),
    "[rtpengine]\ninterface = any\njanus-secret = ***\n# janus-secret = ***\n" +
      "b2b-url = http://u:***@192.0.2.1/1\n",
  );
});

Deno.test("withSecretsOf() takes masked values from the present file, and names those it does not know", () => {
  const present = "[rtpengine]\njanus-secret = hunter22\n";
  assert.deepEqual(withSecretsOf("tos = 1\njanus-secret = ***\n", present), {
    text: "tos = 1\njanus-secret = hunter22\n",
    missing: [],
  });
  const unknown = withSecretsOf("b2b-url = http://u:***@192.0.2.1/1\n", present);
  assert.deepEqual(unknown.missing, ["b2b-url"]);
  assert.match(unknown.text, /^# b2b-url/);
});
