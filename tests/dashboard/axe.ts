/**
 * What axe-core says about a page.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Browser } from "./browser.ts";

const SCRIPT = fileURLToPath(new URL("axe.min.js", import.meta.resolve("axe-core")));
let script: string | undefined;

/** A finding that keeps people out. */
interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Serious and critical findings, as text; empty when there are none. */
export async function findings(browser: Browser): Promise<string[]> {
  script ??= await Deno.readTextFile(SCRIPT);
  await browser.evaluate(`${script}; void 0`);
  const violations = await browser.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  ) as readonly Finding[];
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical").flatMap(
    ({ id, impact, help, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) =>
        `${impact} ${id}: ${help}\n  ${html.slice(0, 200)}\n  ${
          failureSummary.replaceAll("\n", " ")
        }`
      ),
  );
}
