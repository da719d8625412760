import assert from "node:assert/strict";
import { FakeHost } from "./fake_host.ts";
import { parseIni } from "./ini.ts";
import { exposedListeners } from "./listeners.ts";
import { loadConfig } from "./load.ts";
import { isOptionName, OPTION_NAMES, optionNamed } from "./options.ts";

const PATH = new URL("../../systemd/rtpedge.conf", import.meta.url);
const SHIPPED = Deno.readTextFileSync(PATH);

Deno.test("the shipped configuration loads without errors and warnings", async () => {
  const result = await loadConfig(["--config-file=/c"], {
    env: {},
    host: new FakeHost({ files: { "/c": SHIPPED } }),
  });
  assert.ok(result.outcome === "run", JSON.stringify(result));
  assert.deepEqual(result.loaded.warnings, []);
});

Deno.test("the shipped configuration is the safe one", async () => {
  const result = await loadConfig(["--config-file=/c"], {
    env: {},
    host: new FakeHost({ files: { "/c": SHIPPED } }),
  });
  assert.ok(result.outcome === "run");
  const { config, listeners } = result.loaded;
  assert.deepEqual(exposedListeners(listeners), []);
  assert.equal(config["endpoint-learning"], "heuristic");
  assert.equal(config["strict-source"], true);
  assert.deepEqual(config["control-allow"].map(({ address }) => address), ["127.0.0.0", "::1"]);
  assert.ok(config["control-rate"] > 0);
});

Deno.test("the shipped configuration documents every key that is in effect", () => {
  const documented = new Set(
    [...SHIPPED.matchAll(/^(?:# )?([a-z0-9-]+) = /gm)].map(([, name]) => name),
  );
  const missing = OPTION_NAMES.filter((name) => {
    const { status, surface } = optionNamed(name);
    return status === "now" && surface === "everywhere" && !documented.has(name) &&
      name !== "config-file" && name !== "config-section";
  });
  assert.deepEqual(missing, []);
});

Deno.test("the shipped configuration shows true defaults in its comments", () => {
  const groups = SHIPPED.indexOf("# [interface-external]");
  const examples = new Set(
    [
      "interfaces-config",
      "templates",
      "https-cert",
      "https-key",
      "pidfile",
      "b2b-url",
      "graphite",
      "graphite-prefix",
      "homer",
      "log-facility-cdr",
      "log-facility-rtcp",
      "mos",
      "dtls-ciphers",
      "listen-udp",
      "listen-tcp",
      "iptables-chain",
      "nftables-chain",
      "control-auth",
      "https-client-ca",
      "http-hosts",
      "control-allow-ng",
      "control-allow-tcp-ng",
      "control-allow-http",
      "control-allow-https",
      "control-allow-cli",
      "control-allow-udp",
      "control-allow-tcp",
    ],
  );
  for (const [, name, value] of SHIPPED.slice(0, groups).matchAll(/^# ([a-z0-9-]+) = (.*)$/gm)) {
    assert.ok(isOptionName(name!), `${name} is no option`);
    const option = optionNamed(name);
    const followsLogLevel = option.defaultText === "as log-level" && value === "6";
    if (examples.has(name) || followsLogLevel) continue;
    assert.deepEqual(option.read([value!], "decimal"), option.default, name);
  }
});

Deno.test("the shipped configuration's commented groups can be used", async () => {
  const live = SHIPPED.replace("# interfaces-config", "interfaces-config")
    .replace("# templates =", "templates =")
    .replace(
      /# \[interface-external\][\s\S]*$/,
      (groups) => groups.replaceAll(/^# ?(?=\[|[a-z0-9-]+ = )/gm, ""),
    );
  assert.deepEqual(parseIni(live).problems, []);
  const result = await loadConfig(["--config-file=/c"], {
    env: {},
    host: new FakeHost({ files: { "/c": live } }),
  });
  assert.ok(result.outcome === "run", JSON.stringify(result));
  const names = result.loaded.interfaces.addresses.map(({ name }) => name);
  assert.ok(names.includes("external"));
  assert.deepEqual([...result.loaded.interfaces.aliases], [["public", "external"]]);
  assert.deepEqual([...result.loaded.templates.keys()], ["default", "offer", "towards-trunk"]);
});
