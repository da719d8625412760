import assert from "node:assert/strict";
import { embeddedDefaults, stateDirectory } from "./defaults.ts";
import { FakeHost } from "./fake_host.ts";
import { exposedListeners } from "./listeners.ts";
import { loadConfig } from "./load.ts";

Deno.test("stateDirectory follows the XDG base directory specification", () => {
  assert.equal(stateDirectory({ XDG_STATE_HOME: "/s", HOME: "/h" }), "/s/rtpedge");
  assert.equal(stateDirectory({ XDG_STATE_HOME: "s", HOME: "/h" }), "/h/.local/state/rtpedge");
  assert.equal(stateDirectory({ HOME: "/h" }), "/h/.local/state/rtpedge");
  assert.equal(stateDirectory({}), "/var/lib/rtpedge");
});

Deno.test("embeddedDefaults are complete, valid and reachable from this host only", async () => {
  const env = { HOME: "/h" };
  const result = await loadConfig([], {
    env,
    host: new FakeHost(),
    embedded: embeddedDefaults(env),
  });
  assert.ok(result.outcome === "run");
  const { config, listeners, interfaces, warnings } = result.loaded;
  assert.deepEqual(warnings, []);
  assert.deepEqual(exposedListeners(listeners), []);
  const { rtpproxy, mediaproxy, ...current } = listeners;
  for (const [kind, endpoints] of Object.entries(current)) {
    assert.equal(endpoints.length, 1, kind);
  }
  assert.deepEqual([...rtpproxy, ...mediaproxy], []);
  assert.deepEqual(interfaces.addresses.map(({ address }) => address), ["127.0.0.1"]);
  assert.equal(config["strict-source"], true);
  assert.equal(config["endpoint-learning"], "heuristic");
  assert.ok(config["control-allow"].length > 0);
});
