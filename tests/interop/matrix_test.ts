/**
 * The call matrix: Kamailio's rtpengine module drives the relay through the kinds of calls there are.
 *
 * @module
 */

import { say } from "../support/mod.ts";
import { interopUnavailable } from "./checks.ts";
import { natUnavailable } from "./home.ts";
import { MatrixStage, type Scenarios } from "./matrix_stage.ts";
import { CHANGE } from "./scenarios_change.ts";
import { FLAG } from "./scenarios_flags.ts";
import { FORK } from "./scenarios_fork.ts";
import { MODULE } from "./scenarios_module.ts";
import { NAT } from "./scenarios_nat.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`the call matrix is ignored: ${reason}`);

const noNat = reason ?? await natUnavailable();
if (noNat !== undefined) say(`calls through NAT are ignored: ${noNat}`);

const GROUPS: readonly {
  readonly name: string;
  readonly scenarios: Scenarios;
  readonly ignore: boolean;
}[] = [
  { name: "calls that change", scenarios: CHANGE, ignore: reason !== undefined },
  { name: "forks and calls given up", scenarios: FORK, ignore: reason !== undefined },
  { name: "flags", scenarios: FLAG, ignore: reason !== undefined },
  { name: "the rest of the module", scenarios: MODULE, ignore: reason !== undefined },
  { name: "NAT", scenarios: NAT, ignore: noNat !== undefined },
];

for (const { name, scenarios, ignore } of GROUPS) {
  Deno.test({
    name: `Kamailio's rtpengine module, ${name}: media passes and nothing is left`,
    ignore,
    async fn(t) {
      await using stage = await MatrixStage.open();
      for (const [name, play] of Object.entries(scenarios)) {
        await t.step(name, () => stage.scenario(play));
      }
      await t.step("every port can be bound again", () => stage.assertPortsFree());
    },
  });
}
