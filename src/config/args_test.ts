import assert from "node:assert/strict";
import { parseCommandLine } from "./args.ts";

/** `name` → texts. */
function textsOf(...args: string[]): Record<string, readonly string[]> {
  const { given, errors } = parseCommandLine(args);
  assert.deepEqual(errors, []);
  return Object.fromEntries(given.map(({ name, texts }) => [name, texts]));
}

Deno.test("parseCommandLine takes long options with = and with a blank", () => {
  assert.deepEqual(textsOf("--port-min=1000", "--port-max", "2000"), {
    "port-min": ["1000"],
    "port-max": ["2000"],
  });
});

Deno.test("parseCommandLine takes values that begin with a dash", () => {
  assert.deepEqual(textsOf("--table", "-1", "--max-sessions=-1"), {
    "table": ["-1"],
    "max-sessions": ["-1"],
  });
  assert.deepEqual(textsOf("-t", "-1"), { "table": ["-1"] });
});

Deno.test("parseCommandLine takes letters alone, with values, and joined", () => {
  assert.deepEqual(textsOf("-f", "-m", "1000"), { "foreground": ["true"], "port-min": ["1000"] });
  assert.deepEqual(textsOf("-EfL", "7"), {
    "log-stderr": ["true"],
    "foreground": ["true"],
    "log-level": ["7"],
  });
  assert.deepEqual(textsOf("-L7"), { "log-level": ["7"] });
  assert.deepEqual(textsOf("-EL7"), { "log-stderr": ["true"], "log-level": ["7"] });
  assert.deepEqual(textsOf("-t=-1"), { "table": ["-1"] });
});

Deno.test("parseCommandLine collects repetitions in order", () => {
  assert.deepEqual(textsOf("-i", "a/1.2.3.4", "--interface=b/5.6.7.8"), {
    "interface": ["a/1.2.3.4", "b/5.6.7.8"],
  });
});

Deno.test("parseCommandLine takes = inside values", () => {
  assert.deepEqual(textsOf("--interface=x=default"), { "interface": ["x=default"] });
  assert.deepEqual(textsOf("-i", "x=default"), { "interface": ["x=default"] });
});

Deno.test("parseCommandLine negates flags, and only flags", () => {
  assert.deepEqual(textsOf("--no-log-stderr"), { "log-stderr": ["false"] });
  assert.deepEqual(textsOf("--foreground=false"), { "foreground": ["false"] });
  assert.match(parseCommandLine(["--no-port-min"]).errors[0]!, /unknown option --no-port-min/);
  assert.match(
    parseCommandLine(["--no-foreground=1"]).errors[0]!,
    /--no-foreground takes no value/,
  );
});

Deno.test("parseCommandLine keeps options whose own name begins with no-", () => {
  assert.deepEqual(textsOf("--no-fallback"), { "no-fallback": ["true"] });
  assert.deepEqual(textsOf("-F"), { "no-fallback": ["true"] });
  assert.deepEqual(textsOf("--no-no-fallback"), { "no-fallback": ["false"] });
});

Deno.test("parseCommandLine remembers how an option was written", () => {
  const { given } = parseCommandLine(["-m", "5", "--port-max=6"]);
  assert.deepEqual(given.map(({ source }) => source), [
    { kind: "command line", as: "-m" },
    { kind: "command line", as: "--port-max" },
  ]);
});

Deno.test("parseCommandLine returns words and stops at --", () => {
  assert.deepEqual(parseCommandLine(["hello", "-f", "--", "--port-min=1"]).words, [
    "hello",
    "--port-min=1",
  ]);
});

Deno.test("parseCommandLine names unknown options and the nearest known one", () => {
  const cases: [string, RegExp][] = [
    ["--listen-mg=1", /^unknown option --listen-mg .*did you mean "--listen-ng"/],
    ["--prot-min=1", /did you mean "--port-min"/],
    ["--xyzzy", /^unknown option --xyzzy on the command line$/],
    ["-Z", /^unknown option -Z on the command line$/],
    ["--RTPENGINE", /^unknown option --RTPENGINE/],
    ["--__proto__", /^unknown option --__proto__/],
    ["--redis-auth-pw=x", /^unknown option --redis-auth-pw/],
  ];
  for (const [argument, message] of cases) {
    const { errors, given } = parseCommandLine([argument]);
    assert.equal(errors.length, 1, argument);
    assert.match(errors[0]!, message);
    assert.deepEqual(given, []);
  }
});

Deno.test("parseCommandLine tells that a value is missing", () => {
  for (const args of [["--port-min"], ["-m"], ["-fm"]]) {
    assert.match(parseCommandLine(args).errors[0]!, /^port-min: the value is missing/);
  }
  assert.deepEqual(textsOf("--nftables-base-chain="), { "nftables-base-chain": [""] });
});

Deno.test("parseCommandLine takes -? for help", () => {
  assert.deepEqual(textsOf("-?"), { "help": ["true"] });
});
