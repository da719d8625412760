/**
 * `deno task test`: sets up what is missing, then runs every suite, quick ones first, and closes with one
 * line `N passed, N failed, N skipped`.
 *
 * Usage: deno run -A tools/run_tests.ts [--only NAME[,NAME…]] [--list]
 *
 * @module
 */

import { parseArgs } from "node:util";
import { afterSecondRun, failedFiles, mayRunAgain, MOST_FILES } from "./again.ts";
import { checks, UNIT_TESTS } from "./ok.ts";
import { SetupError } from "./packages.ts";
import { deno, type Outcome, root, run, say, warn } from "./proc.ts";
import { setup } from "./setup.ts";
import { addTally, type Tally, tallyOf } from "./tally.ts";

/** A suite: one command whose output tells how many tests ran. */
interface Suite {
  readonly name: string;
  readonly argv: readonly string[];
  /** Ended after this many seconds. */
  readonly seconds: number;
  /**
   * What failed gets a second run: the files of it alone, or all of a suite that is one program or one virtual
   * machine; absent = what fails has failed.
   */
  readonly again?: "files" | "whole";
}

const DENO_TEST = [deno, "test", "-A", "--unstable-net", "--quiet"] as const;

function denoTest(name: string, seconds: number, ...paths: string[]): Suite {
  return { name, seconds, argv: [...DENO_TEST, ...paths], again: "files" };
}

function make(name: string, target: string, seconds: number, again?: Suite["again"]): Suite {
  const argv = ["make", "-s", "-C", "ffi", target];
  return { name, seconds, argv, ...(again === undefined ? {} : { again }) };
}

const SUITES: readonly Suite[] = [
  { name: "unit", seconds: 300, argv: [deno, ...UNIT_TESTS] },
  make("core", "check", 180, "whole"),
  make("core-asan", "check-asan", 300, "whole"),
  make("core-oom", "check-oom", 180),
  make("core-srtp", "check-srtp", 60),
  make("core-property", "check-property", 240),
  { name: "kernel", argv: ["make", "-s", "-C", "kernel", "test"], seconds: 420, again: "whole" },
  { name: "kernel-call", argv: ["sh", "tests/kernel/machine.sh"], seconds: 600, again: "whole" },
  denoTest("relay", 180, "tests/relay/"),
  denoTest("ng", 240, "tests/ng/"),
  denoTest("cli", 180, "tests/cli/"),
  denoTest("support", 240, "tests/support/", "tests/oracle/"),
  denoTest("web", 240, "tests/web/"),
  denoTest("daemon", 240, "tests/daemon/"),
  denoTest("persistence", 300, "tests/persistence/"),
  denoTest("package", 300, "tests/package/"),
  denoTest("image", 900, "tests/image/"),
  make("core-fuzz", "fuzz", 240),
  denoTest("fuzz", 420, "tests/fuzz/"),
  denoTest("bench-tools", 120, "tests/bench/"),
  denoTest("media", 300, "tests/media/"),
  denoTest("differential", 420, "tests/differential/"),
  denoTest("quality", 120, "tests/quality/"),
  denoTest("legacy", 120, "tests/legacy/"),
  denoTest("interop", 600, "tests/interop/"),
  denoTest("security", 360, "tests/security/"),
  denoTest("dashboard", 420, "tests/dashboard/"),
  denoTest("webrtc", 600, "tests/webrtc/"),
];

async function runOnce(argv: readonly string[], seconds: number): Promise<Outcome> {
  const env = { NO_COLOR: "1", FUZZ_SECONDS: Deno.env.get("FUZZ_SECONDS") ?? "20" };
  return await run(argv, { cwd: root, seconds, env });
}

/** Runs a suite, and once more what has failed of one that deals with real time and real networks. */
async function runSuite(suite: Suite, retried: string[]): Promise<Tally> {
  const outcome = await runOnce(suite.argv, suite.seconds);
  const tally = tallyOf(outcome);
  if (suite.again === undefined || tally.failed === 0) return tally;
  const whole = suite.again === "whole";
  if (whole && !mayRunAgain(outcome)) return tally;
  const files = whole ? [suite.name] : failedFiles(outcome, tally);
  if (files.length === 0 || retried.length + files.length > MOST_FILES) return tally;
  retried.push(...files);
  say(`\n=== ${suite.name}, once more: ${files.join(" ")}`);
  const second = await runOnce(whole ? suite.argv : [...DENO_TEST, ...files], suite.seconds);
  return whole ? tallyOf(second) : afterSecondRun(tally, tallyOf(second));
}

async function runSuites(suites: readonly Suite[]): Promise<Tally> {
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  const summary: string[] = [];
  const retried: string[] = [];
  for (const suite of suites) {
    say(`\n=== ${suite.name}`);
    const started = performance.now();
    const before = retried.length;
    const tally = await runSuite(suite, retried);
    addTally(total, tally);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    const files = retried.slice(before).map((file) => `, second run of ${file}`).join("");
    summary.push(
      `${tally.failed === 0 ? "ok  " : "FAIL"}  ${suite.name.padEnd(14)} ${tally.passed} passed, ` +
        `${tally.failed} failed, ${tally.skipped} skipped  (${seconds} s${files})`,
    );
  }
  say("\n=== summary");
  for (const line of summary) say(line);
  return total;
}

async function runChecks(): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  say("=== checks");
  for (const check of await checks()) {
    const outcome = await run(check.argv, { show: false, cwd: root });
    const ok = outcome.code === 0;
    if (ok) tally.passed++;
    else tally.failed++;
    say(`${ok ? "ok  " : "FAIL"}  ${check.name}`);
    if (!ok) say(outcome.output.trimEnd());
  }
  return tally;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: { only: { type: "string" }, list: { type: "boolean" } },
  });
  const names = ["checks", ...SUITES.map((suite) => suite.name)];
  if (values.list) {
    say(names.join("\n"));
    return 0;
  }
  const only = values.only?.split(",") ?? names;
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    warn(`No suite named ${unknown.join(", ")}. There are: ${names.join(", ")}`);
    return 2;
  }
  say("setup: packages, npm packages, C library");
  await setup(true);
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  if (only.includes("checks")) addTally(total, await runChecks());
  addTally(total, await runSuites(SUITES.filter((suite) => only.includes(suite.name))));
  say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

if (import.meta.main) {
  try {
    Deno.exit(await main());
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    warn(error.message);
    Deno.exit(1);
  }
}
