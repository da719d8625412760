/**
 * `deno task ok`: everything a developer wants to know before a commit, in about a minute. Format, lint
 * with our own rules, layout, types, documentation, generated files, unit tests.
 *
 * @module
 */

import { deno, root, run, say } from "./proc.ts";

/** One check: a name and the command that must exit with 0. */
export interface Check {
  readonly name: string;
  readonly argv: readonly string[];
}

async function publicFaces(): Promise<string[]> {
  const faces = ["src/core/bytes.ts", "src/core/clock.ts", "src/core/endpoint.ts"];
  for await (const entry of Deno.readDir(`${root}/src`)) {
    const face = `src/${entry.name}/mod.ts`;
    if (entry.isDirectory && await Deno.stat(`${root}/${face}`).then(() => true, () => false)) {
      faces.push(face);
    }
  }
  return faces.sort();
}

/** What runs in browsers: apart, because its types are those of browsers. */
const BROWSER = "src/web/dashboard/browser";
const BROWSER_ARGS = ["--quiet", `--config=${BROWSER}/deno.json`, BROWSER];

/** The checks other than tests, quickest first. */
export async function checks(): Promise<Check[]> {
  return [
    { name: "format", argv: [deno, "fmt", "--check", "--quiet"] },
    { name: "lint", argv: [deno, "lint", "--quiet"] },
    { name: "format, browser", argv: [deno, "fmt", "--check", ...BROWSER_ARGS] },
    { name: "lint, browser", argv: [deno, "lint", ...BROWSER_ARGS] },
    { name: "types, browser", argv: [deno, "check", ...BROWSER_ARGS] },
    { name: "layout", argv: [deno, "run", "-A", "tools/check_layout.ts"] },
    { name: "options manual", argv: [deno, "run", "-A", "tools/gen_options_doc.ts", "--check"] },
    { name: "ng manual", argv: [deno, "run", "-A", "tools/gen_ng_doc.ts", "--check"] },
    { name: "metrics manual", argv: [deno, "run", "-A", "tools/gen_metrics_doc.ts", "--check"] },
    { name: "Grafana dashboard", argv: [deno, "run", "-A", "tools/gen_dashboard.ts", "--check"] },
    { name: "dashboard assets", argv: [deno, "run", "-A", "tools/gen_assets.ts", "--check"] },
    { name: "types", argv: [deno, "check", "--quiet", "."] },
    { name: "documentation", argv: [deno, "doc", "--lint", "--quiet", ...await publicFaces()] },
  ];
}

/** The unit tests: beside the files they test. */
export const UNIT_TESTS: readonly string[] = [
  "test",
  "-A",
  "--quiet",
  "--parallel",
  "--sanitize-ops",
  "--sanitize-resources",
  "src/",
  "tools/",
];

if (import.meta.main) {
  let failed = 0;
  for (const check of await checks()) {
    const outcome = await run(check.argv, { show: false, cwd: root });
    say(`${outcome.code === 0 ? "ok  " : "FAIL"}  ${check.name}`);
    if (outcome.code !== 0) {
      failed++;
      say(outcome.output.trimEnd());
    }
  }
  const tests = await run([deno, ...UNIT_TESTS], { cwd: root, env: { NO_COLOR: "1" } });
  if (tests.code !== 0) failed++;
  say(failed === 0 ? "ok" : `${failed} of the checks failed`);
  Deno.exit(failed === 0 ? 0 : 1);
}
