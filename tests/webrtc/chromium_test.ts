/**
 * Browsers through the relay.
 *
 * @module
 */

import { interopUnavailable } from "../interop/checks.ts";
import { say } from "../support/mod.ts";
import { chromiumUnavailable } from "./chromium.ts";
import { CHROMIUM_PAIR } from "./chromium_pair.ts";
import { CHROMIUM_PLAIN } from "./chromium_plain.ts";
import { Stage } from "./stage.ts";

const reason = await interopUnavailable() ?? await chromiumUnavailable();
if (reason !== undefined) say(`tests with browsers are ignored: ${reason}`);

const GROUPS = {
  "Chromium and a plain phone": CHROMIUM_PLAIN,
  "two Chromiums": CHROMIUM_PAIR,
};

for (const [name, scenarios] of Object.entries(GROUPS)) {
  Deno.test({
    name: `${name}: media passes and nothing is left`,
    ignore: reason !== undefined,
    async fn(t) {
      await using stage = await Stage.open();
      for (const [name, play] of Object.entries(scenarios)) {
        await t.step(name, () => stage.scenario(play));
      }
    },
  });
}
