/**
 * One suite for every engine: in memory, with a socket per port, and steered. They must not differ.
 *
 * @module
 */

import { bundlingCases } from "./bundling.ts";
import { editingCases } from "./editing.ts";
import { forwardingCases } from "./forwarding.ts";
import { candidates, ipv6Unavailable } from "./harness.ts";
import { learningCases } from "./learning.ts";
import { openingCases } from "./opening.ts";
import { reportingCases } from "./reporting.ts";
import { restoringCases } from "./restoring.ts";

const cases = [
  ...openingCases,
  ...forwardingCases,
  ...learningCases,
  ...reportingCases,
  ...restoringCases,
  ...editingCases,
  ...bundlingCases,
];
const noIpv6 = await ipv6Unavailable();

for (const { name: engine, unavailable, start } of candidates()) {
  for (const { name, needsIpv6, maxSlots, run } of cases) {
    const ipv6Problem = needsIpv6 === true && engine !== "fake" ? noIpv6 : undefined;
    const problem = unavailable ?? ipv6Problem;
    const suffix = problem === undefined ? "" : ` (not here: ${problem})`;
    Deno.test({
      name: `${engine} engine ${name}${suffix}`,
      ignore: problem !== undefined,
      async fn() {
        await using bench = start(maxSlots === undefined ? {} : { maxSlots });
        await run(bench);
      },
    });
  }
}
