import assert from "node:assert/strict";
import { merge } from "./merge.ts";
import type { Config } from "./options.ts";
import { settingsFrom, subsystemLevels } from "./settings.ts";

function configOf(values: Record<string, string>): Config {
  const errors: string[] = [];
  const given = Object.entries(values).map(([name, text]) => ({
    name,
    texts: [text],
    source: { kind: "embedded" } as const,
  }));
  const { config } = merge([given], errors);
  assert.deepEqual(errors, []);
  return config;
}

function settings(values: Record<string, string> = {}) {
  return settingsFrom(configOf(values));
}

Deno.test("settingsFrom gives rtpengine's defaults", () => {
  assert.deepEqual(settings(), {
    timeout: 60,
    silentTimeout: 3600,
    finalTimeout: 0,
    offerTimeout: 3600,
    deleteDelay: 30,
    maxSessions: -1,
    maxLoad: 0,
    maxCpu: 0,
    maxBandwidth: 0,
    tos: 0,
    controlTos: 0,
    saveInterfacePorts: false,
    sipSource: false,
    endpointLearning: "heuristic",
    strictSource: false,
    logLevel: 6,
  });
});

Deno.test("settingsFrom takes every value from its own option", () => {
  assert.deepEqual(
    settings({
      "timeout": "1",
      "silent-timeout": "2",
      "final-timeout": "3",
      "offer-timeout": "4",
      "delete-delay": "5",
      "max-sessions": "6",
      "max-load": "7.5",
      "max-cpu": "8.5",
      "max-bandwidth": "9000000000",
      "tos": "10",
      "control-tos": "11",
      "save-interface-ports": "true",
      "sip-source": "true",
      "endpoint-learning": "delayed",
      "strict-source": "true",
      "log-level": "5",
    }),
    {
      timeout: 1,
      silentTimeout: 2,
      finalTimeout: 3,
      offerTimeout: 4,
      deleteDelay: 5,
      maxSessions: 6,
      maxLoad: 7.5,
      maxCpu: 8.5,
      maxBandwidth: 9_000_000_000,
      tos: 10,
      controlTos: 11,
      saveInterfacePorts: true,
      sipSource: true,
      endpointLearning: "delayed",
      strictSource: true,
      logLevel: 5,
    },
  );
});

Deno.test("settingsFrom takes log levels above debug as debug", () => {
  assert.equal(settings({ "log-level": "99" }).logLevel, 7);
  assert.equal(settings({ "log-level": "-1" }).logLevel, -1);
});

Deno.test("subsystemLevels holds the levels that are given, and the quiet internals", () => {
  assert.deepEqual(subsystemLevels(configOf({})), { internals: -1 });
  assert.deepEqual(subsystemLevels(configOf({ "log-level-ice": "7", "log-level-http": "-1" })), {
    internals: -1,
    ice: 7,
    http: -1,
  });
});
