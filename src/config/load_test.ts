import assert from "node:assert/strict";
import { embeddedDefaults } from "./defaults.ts";
import { FakeHost, type FakeHostData } from "./fake_host.ts";
import { loadConfig, type LoadedConfig } from "./load.ts";
import { formatSource, type Given } from "./source.ts";

const BASE = ["--config-file=none", "--interface=127.0.0.1", "--listen-ng=127.0.0.1:2223"];

interface Rest extends FakeHostData {
  readonly env?: Record<string, string>;
  readonly embedded?: readonly Given[];
}

function load(args: readonly string[], { env = {}, embedded, ...data }: Rest = {}) {
  return loadConfig(args, {
    env,
    host: new FakeHost(data),
    ...(embedded === undefined ? {} : { embedded }),
  });
}

async function loaded(args: readonly string[], rest?: Rest): Promise<LoadedConfig> {
  const result = await load(args, rest);
  assert.equal(result.outcome, "run", JSON.stringify(result));
  return (result as { loaded: LoadedConfig }).loaded;
}

async function errorsOf(args: readonly string[], rest?: Rest): Promise<readonly string[]> {
  const result = await load(args, rest);
  assert.equal(result.outcome, "errors");
  return (result as { errors: readonly string[] }).errors;
}

function file(body: string, path = "/etc/rtpengine/rtpengine.conf"): Rest {
  return { files: { [path]: body } };
}

Deno.test("loadConfig gives rtpengine's defaults to a bare command line", async () => {
  const { config, warnings, file } = await loaded(BASE);
  assert.deepEqual(warnings, []);
  assert.equal(file, undefined);
  assert.deepEqual(
    [config["port-min"], config["port-max"], config.table, config["delete-delay"]],
    [30000, 39999, -1, 30],
  );
  assert.deepEqual(
    [config.timeout, config["silent-timeout"], config["final-timeout"], config["offer-timeout"]],
    [60, 3600, 0, 3600],
  );
  assert.deepEqual(
    [config["log-level"], config["log-level-internals"], config["max-sessions"], config.tos],
    [6, -1, -1, 0],
  );
  assert.deepEqual(
    [config["endpoint-learning"], config["strict-source"], config["control-allow"]],
    ["heuristic", false, []],
  );
});

Deno.test("loadConfig infers the types of values", async () => {
  const { config } = await loaded(BASE);
  const port: number = config["port-min"];
  const learning: "off" | "immediate" | "delayed" | "heuristic" = config["endpoint-learning"];
  const pidfile: string | undefined = config.pidfile;
  // @ts-expect-error a number is no string
  const wrong: string = config["port-min"];
  assert.deepEqual([port, learning, pidfile, wrong], [30000, "heuristic", undefined, 30000]);
});

Deno.test("loadConfig lets command line, environment, file and default win in this order", async () => {
  const rest: Rest = {
    ...file(
      "[rtpengine]\ninterface=127.0.0.1\nlisten-ng=2223\ntimeout=1\ntos=1\nsilent-timeout=1\n",
    ),
    env: { RTPEDGE_TIMEOUT: "2", RTPEDGE_TOS: "2" },
  };
  const { config, sources } = await loaded(["--timeout=3"], rest);
  assert.deepEqual(
    [config.timeout, config.tos, config["silent-timeout"], config["final-timeout"]],
    [3, 2, 1, 0],
  );
  const origin = (name: Parameters<typeof sources.get>[0]) => formatSource(sources.get(name)!);
  assert.equal(origin("timeout"), "--timeout on the command line");
  assert.equal(origin("tos"), "RTPEDGE_TOS in the environment");
  assert.equal(origin("silent-timeout"), "/etc/rtpengine/rtpengine.conf:6");
  assert.equal(origin("final-timeout"), "default");
});

Deno.test("loadConfig lets a stronger list replace a weaker one", async () => {
  const rest = file("[rtpengine]\ninterface=127.0.0.1\nlisten-ng=2223;2224\n");
  const { config } = await loaded(["-n", "5000"], rest);
  assert.deepEqual(config["listen-ng"], [{ host: undefined, port: 5000 }]);
});

Deno.test("loadConfig reads flags and escapes of a file", async () => {
  const { config } = await loaded(
    [],
    file("[rtpengine]\ninterface=lo\nlisten-ng=1;2\nsip-source = true \ndata-dir=/a\\sb\n"),
  );
  assert.equal(config["sip-source"], true);
  assert.equal(config["data-dir"], "/a b");
});

Deno.test("loadConfig takes false from the command line over true from the file", async () => {
  const rest = file("[rtpengine]\ninterface=lo\nlisten-ng=1\nforeground=true\nlog-stderr=true\n");
  const { config } = await loaded(["--no-foreground", "--log-stderr=no"], rest);
  assert.deepEqual([config.foreground, config["log-stderr"]], [false, false]);
});

Deno.test("loadConfig chooses file and section as told", async () => {
  const rest = file("[mine]\ninterface=127.0.0.1\nlisten-ng=7\n", "/x.conf");
  const { config, file: path } = await loaded(["--config-section=mine"], {
    ...rest,
    env: { RTPEDGE_CONFIG_FILE: "/x.conf" },
  });
  assert.equal(path, "/x.conf");
  assert.equal(config["listen-ng"][0]?.port, 7);
});

Deno.test("loadConfig goes without the default file, not without a named one", async () => {
  await loaded(BASE.slice(1));
  assert.deepEqual(await errorsOf([...BASE.slice(1), "--config-file=/none.conf"]), [
    'config-file: "/none.conf" does not exist (from --config-file on the command line)',
  ]);
});

Deno.test("loadConfig does not go on when a file cannot be read", async () => {
  const files = { "/etc/rtpengine/rtpengine.conf": new Error("permission denied") };
  assert.match((await errorsOf(BASE.slice(1), { files }))[0]!, /cannot be read: permission denied/);
});

Deno.test("loadConfig refuses a file without the section", async () => {
  const errors = await errorsOf(BASE.slice(1), file("[rtpengin]\n"));
  assert.match(errors[0]!, /there is no section \[rtpengine\] \(did you mean "rtpengin"\?\)/);
});

Deno.test("loadConfig warns of unknown keys and repeated ones", async () => {
  const { warnings } = await loaded(
    [],
    file("[rtpengine]\ninterface=lo\nlisten-ng=1\ntimout=5\ntos=1\ntos=2\n[other]\nx=1\n"),
  );
  assert.equal(warnings.length, 2);
  assert.match(warnings.join("\n"), /rtpengine\.conf:4: unknown option "timout".*"timeout"/);
  assert.match(warnings.join("\n"), /rtpengine\.conf:6: "tos" was given in line 5 already/);
});

Deno.test("loadConfig warns of keys that mean nothing in a file", async () => {
  const { warnings } = await loaded(
    [],
    file("[rtpengine]\ninterface=lo\nlisten-ng=1\nhelp=true\nconfig-section=x\nredis-auth-pw=x\n"),
  );
  assert.deepEqual(warnings.map((line) => /:(\d)/.exec(line)?.[1]), ["4", "5", "6"]);
});

Deno.test("loadConfig names likely typing mistakes in the environment", async () => {
  const { warnings } = await loaded(BASE, {
    env: { RTPEDGE_PORTMIN: "1", RTPEDGE_CACHE_DIR: "/x", RTPEDGE_LIB: "/l", HOME: "/root" },
  });
  assert.deepEqual(warnings, [
    'unknown variable RTPEDGE_PORTMIN in the environment (did you mean "RTPEDGE_PORT_MIN"?)',
  ]);
});

Deno.test("loadConfig reports every problem at once, with value, what is allowed and origin", async () => {
  const errors = await errorsOf(["-m", "x", "--foo", "--endpoint-learning=maybe"], {
    ...file("[rtpengine]\ninterface=nowhere\ntos=300\nlisten-ng=1\nbroken line\n"),
    env: { RTPEDGE_MAX_SESSIONS: "many" },
  });
  assert.deepEqual(errors.map((line) => line.split(" (from")[0]).sort(), [
    "/etc/rtpengine/rtpengine.conf:5: " +
    '"broken line" is neither a section, nor KEY = VALUE, nor a comment that begins with #',
    'endpoint-learning: "maybe" is not one of delayed, immediate, off or heuristic',
    'interface: "nowhere" is no address, none of the network interfaces (lo or eth0) and cannot ' +
    "be looked up as a host name: getaddrinfo ENOTFOUND nowhere",
    'max-sessions: "many" is not an integer, -1 or more',
    'port-min: "x" is not an integer from 1 to 65535',
    'tos: "300" is not an integer from 0 to 255',
    "unknown option --foo on the command line",
  ]);
  const all = errors.join("\n");
  assert.match(all, /port-min: .*\(from -m on the command line\)/);
  assert.match(all, /tos: .*\(from \/etc\/rtpengine\/rtpengine\.conf:3\)/);
  assert.match(all, /max-sessions: .*\(from RTPEDGE_MAX_SESSIONS in the environment\)/);
});

Deno.test("loadConfig wants a listener, and names those that count", async () => {
  const line = "nothing to listen on: give at least one of --listen-ng, --listen-tcp-ng, " +
    "--listen-http, --listen-https, --listen-udp or --listen-tcp";
  assert.deepEqual(await errorsOf(BASE.slice(0, 2)), [line]);
  assert.deepEqual(await errorsOf([...BASE.slice(0, 2), "-c", "9900"]), [line]);
  const legacy = ["listen-udp", "listen-tcp"];
  for (const option of ["listen-ng", "listen-tcp-ng", "listen-http", "listen-https", ...legacy]) {
    await loaded([...BASE.slice(0, 2), `--${option}=5000`]);
  }
});

Deno.test("loadConfig wants an interface", async () => {
  assert.match((await errorsOf(["-n", "1"]))[0]!, /^interface: there is none/);
  assert.match((await errorsOf(["-n", "1", "-i", "a=b"]))[0]!, /alias "a" stands for "b"/);
});

Deno.test("loadConfig wants a port range, and says where its ends come from", async () => {
  assert.deepEqual(await errorsOf([...BASE, "--port-min=40000"]), [
    "port-min: 40000 (from --port-min on the command line) is not below port-max 39999 " +
    "(from default)",
  ]);
});

Deno.test("loadConfig warns once of options without effect", async () => {
  const { warnings } = await loaded([...BASE, "-r", "secret@127.0.0.1:6379/1", "--xtables"]);
  assert.deepEqual(warnings, ["accepted, but without effect in this release: xtables, redis"]);
});

Deno.test("loadConfig never shows secrets", async () => {
  const result = await load([...BASE, "--janus-secret=hunter2", "--print-config"], {
    env: { RTPENGINE_REDIS_AUTH_PW: "hunter3" },
  });
  assert.ok(!/hunter/.test(JSON.stringify(result)));
  assert.match(JSON.stringify(result), /janus-secret = \*\*\*/);
});

Deno.test("loadConfig takes the passwords of Redis from their own variables", async () => {
  const { config } = await loaded(BASE, {
    env: { RTPENGINE_REDIS_AUTH_PW: "a", RTPENGINE_REDIS_WRITE_AUTH_PW: "b" },
  });
  assert.deepEqual([config["redis-auth-pw"], config["redis-write-auth-pw"]], ["a", "b"]);
});

Deno.test("loadConfig refuses actions that are not built, instead of starting", async () => {
  for (const option of ["codecs"]) {
    assert.match(
      (await errorsOf([...BASE, `--${option}`]))[0]!,
      new RegExp(`^${option}: this action`),
    );
  }
});

Deno.test("loadConfig takes a table of the kernel module, and hooks of its own", async () => {
  const { config, warnings } = await loaded([...BASE, "-t", "3", "-F", "--kernel-hook=early"]);
  assert.deepEqual([config.table, config["no-fallback"], config["kernel-hook"]], [
    3,
    true,
    "early",
  ]);
  assert.deepEqual(warnings, []);
  assert.match((await errorsOf([...BASE, "-t", "64"]))[0]!, /^table: "64" is not/);
});

Deno.test("loadConfig refuses a chain whose name would be read as something else", async () => {
  for (const name of ["x y", "-A", "a;b", "x".repeat(28)]) {
    assert.match(
      (await errorsOf([...BASE, `--iptables-chain=${name}`]))[0]!,
      /^iptables-chain: .* is not the name of a chain/,
    );
  }
});

Deno.test("loadConfig warns of a control port among the media ports", async () => {
  const { warnings } = await loaded([...BASE.slice(0, 2), "-n", "127.0.0.1:30005"]);
  assert.match(warnings[0]!, /port 30005 lies among the media ports 30000 to 39999/);
});

Deno.test("loadConfig wants a certificate for a key", async () => {
  assert.match(
    (await errorsOf([...BASE, "--https-key=/k"]))[0]!,
    /"\/k" is given without https-cert/,
  );
});

Deno.test("loadConfig ignores stray words, with a warning", async () => {
  assert.match((await loaded([...BASE, "stray"])).warnings[0]!, /^"stray" on the command line/);
});

Deno.test("loadConfig puts interface groups behind the option's interfaces", async () => {
  const { interfaces } = await loaded(
    [],
    file(
      "[rtpengine]\ninterface=old/127.0.0.1\ninterfaces-config=interface\nlisten-ng=1\n" +
        "[interface-foo]\naddress=192.0.2.1\nport-min=20000\nport-max=20100\n" +
        "exclude-ports=20010\n[interface-bar]\nalias=foo\n",
    ),
  );
  assert.deepEqual(
    interfaces.addresses.map(({ name, portMin, portMax }) => [name, portMin, portMax]),
    [["old", 30000, 39999], ["foo", 20000, 20100]],
  );
  assert.deepEqual(interfaces.addresses[1]?.excludePorts, [20010]);
  assert.deepEqual([...interfaces.aliases], [["bar", "foo"]]);
});

Deno.test("loadConfig says when interface groups are not used, or not there", async () => {
  const groups = "[interface-a]\naddress=127.0.0.1\n";
  const unused = await loaded([], file(`[rtpengine]\ninterface=lo\nlisten-ng=1\n${groups}`));
  assert.match(
    unused.warnings[0]!,
    /:4: \[interface-a\] is not used: interfaces-config is not set/,
  );
  const none = await loaded(
    [],
    file("[rtpengine]\ninterface=lo\nlisten-ng=1\ninterfaces-config=x\n"),
  );
  assert.match(none.warnings[0]!, /has no section \[x-NAME\]/);
  const noFile = await loaded([...BASE, "--interfaces-config=x"]);
  assert.match(noFile.warnings[0]!, /there is no configuration file/);
});

Deno.test("loadConfig answers help and version before anything else", async () => {
  const help = await load(["--port-min=x", "-h"]);
  assert.ok(help.outcome === "print" && help.text.includes("--listen-ng"));
  assert.equal((await load(["-v", "--foo"])).outcome, "version");
});

Deno.test("loadConfig prints a configuration that reads back to the same values", async () => {
  const args = [
    ...BASE,
    ...["--tos=184", "-i", "x/192.0.2.1!203.0.113.7", "--control-allow=10.0.0.0/8;::1"],
    ...["--data-dir=/a\\sb", "--sip-source"],
  ];
  const printed = await load([...args, "--print-config"]);
  assert.ok(printed.outcome === "print");
  const before = (await loaded(args)).config;
  const after = (await loaded([], file(printed.text))).config;
  assert.deepEqual({ ...after, "config-file": "none" }, before);
});

Deno.test("loadConfig takes the embedded configuration below everything else", async () => {
  const embedded = embeddedDefaults({ HOME: "/home/x" });
  const { config, sources, listeners, warnings } = await loaded(["--tos=8"], {
    embedded,
    env: { RTPEDGE_CONTROL_RATE: "7" },
    ...file("[rtpengine]\nlisten-ng=1\n"),
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual([config.tos, config["control-rate"], config["strict-source"]], [8, 7, true]);
  assert.deepEqual(listeners.ng, [{ family: 4, address: "127.0.0.1", port: 2223 }]);
  assert.equal(sources.get("listen-ng")?.kind, "embedded");
});
