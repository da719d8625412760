import assert from "node:assert/strict";
import { FakeHost } from "./fake_host.ts";
import { loadConfig } from "./load.ts";

async function errors(...options: string[]): Promise<readonly string[]> {
  const base = ["--config-file=none", "--interface=127.0.0.1", "--listen-ng=2223", "--table=-1"];
  const result = await loadConfig([...base, ...options], { env: {}, host: new FakeHost() });
  if (result.outcome === "run") return [];
  assert.equal(result.outcome, "errors");
  return result.errors;
}

Deno.test("control-auth needs somebody who knows credentials", async () => {
  assert.deepEqual(await errors("--control-auth=listen-http", "--access-db=access.db"), []);
  assert.deepEqual(await errors("--control-auth=listen-https", "--https-client-ca=/ca.pem"), []);
  for (
    const options of [
      ["--control-auth=listen-http"],
      ["--control-auth=listen-cli", "--access-db=none"],
      ["--control-auth=listen-tcp-ng", "--https-client-ca=/ca.pem"],
    ]
  ) {
    const [error, ...more] = await errors(...options);
    assert.match(error ?? "", /^control-auth: listen-.* there are none without access-db/);
    assert.deepEqual(more, []);
  }
});

Deno.test("control-auth knows the listeners that can carry a credential", async () => {
  const [error] = await errors("--control-auth=listen-ng", "--access-db=access.db");
  assert.match(error ?? "", /"listen-ng" is not one of listen-tcp-ng, listen-http, listen-https/);
});

Deno.test("client certificates that are required need their issuers", async () => {
  const [error] = await errors("--https-client-cert=required");
  assert.match(error ?? "", /^https-client-cert: required needs https-client-ca/);
  assert.deepEqual(await errors("--https-client-cert=required", "--https-client-ca=/ca.pem"), []);
});
