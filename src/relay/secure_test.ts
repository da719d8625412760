import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import { SUITE_NAMES, SUITES } from "../srtp/mod.ts";
import { srtpKeysProblem } from "./abi_srtp.ts";
import { FakeEngine } from "./fake_engine.ts";
import { FfiEngine } from "./ffi_engine.ts";
import { FfiCore } from "./ffi_core.ts";
import type { RelayEngine, Rule, RuleOutput, SrtpKeys } from "./types.ts";
import { rule as plain } from "./rule_test_support.ts";

const HOST = { family: 4, address: "127.0.0.1" } as const;

function keysOf(suite: SrtpKeys["suite"], more: Partial<SrtpKeys> = {}): SrtpKeys {
  const { keyLength, saltLength } = SUITES[suite];
  return { suite, key: new Uint8Array(keyLength), salt: new Uint8Array(saltLength), ...more };
}

function rule(parts: Partial<Rule>): Rule {
  return plain({ learning: "immediate", ...parts });
}

/** Every engine takes and refuses the same keys. */
function check(engine: RelayEngine, port: number): void {
  const slot = engine.open({ ...HOST, port });
  assert.ok(typeof slot === "number");
  const out = (parts: Partial<RuleOutput>): RuleOutput => ({ slot, match: ["rtp"], ...parts });
  const good = keysOf("AES_CM_128_HMAC_SHA1_80");
  for (const suite of SUITE_NAMES) {
    const keys = keysOf(suite);
    engine.setRule(slot, rule({ decrypt: keys, outputs: [out({ encrypt: keys })] }));
    const mki = new Uint8Array(16);
    engine.setRule(slot, rule({ decrypt: { ...keys, mki, plainRtcp: true } }));
  }
  engine.setRule(slot, rule({ decrypt: good, outputs: [out({ asReceived: true })] }));
  const refused: Partial<Rule>[] = [
    { decrypt: { ...good, key: new Uint8Array(15) } },
    { decrypt: { ...good, salt: new Uint8Array(12) } },
    { decrypt: { ...good, mki: new Uint8Array(17) } },
    { decrypt: keysOf("AEAD_AES_128_GCM", { noRtpAuth: true }) },
    { decrypt: keysOf("AEAD_AES_256_GCM", { plainRtp: true }) },
    { decrypt: good, opaque: true },
    { outputs: [out({ encrypt: { ...good, key: new Uint8Array(0) } })] },
    { outputs: [out({ asReceived: true })] },
    { decrypt: good, outputs: [out({ asReceived: true, encrypt: good })] },
    { decrypt: good, outputs: [out({ asReceived: true, ssrcOut: 5 })] },
  ];
  for (const parts of refused) {
    assert.throws(() => engine.setRule(slot, rule(parts)), JSON.stringify(parts));
  }
  engine.shutdown();
}

Deno.test("FakeEngine takes keys of every suite and refuses what contradicts itself", () => {
  check(new FakeEngine(new FakeClock()), 30000);
});

Deno.test({
  name: "FfiEngine takes keys of every suite and refuses what contradicts itself",
  // the library stays loaded and the doorbell hung
  sanitizeResources: false,
  sanitizeOps: false,
  fn: () => check(new FfiEngine(new FfiCore({ mode: "sockets" })), 39998),
});

Deno.test("srtpKeysProblem names what is wrong", () => {
  assert.equal(srtpKeysProblem(keysOf("AES_256_CM_HMAC_SHA1_80")), undefined);
  assert.match(
    srtpKeysProblem({ ...keysOf("AEAD_AES_256_GCM"), key: new Uint8Array(16) })!,
    /key of 32 and a salt of 12/,
  );
});
