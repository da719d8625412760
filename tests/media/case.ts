/**
 * Cases of this suite: what phones do, and what is heard. What is expected is written down; rtpengine is asked
 * as well where it is the reference.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Lab, NO_ORACLE, UNAVAILABLE } from "./lab.ts";
import type { Scene } from "./scene.ts";

/** One case. */
export interface Case {
  /** Says what is expected. */
  readonly name: string;
  /** Lines of {@link Scene.notes}. */
  readonly expected: readonly string[];
  /** `same`, or why rtpengine is not asked. */
  readonly oracle: "same" | { readonly not: string };
  /** What happens. */
  act(scene: Scene): Promise<void>;
}

/** Makes one test of cases, which are its steps. */
export function media(name: string, cases: readonly Case[], extra: readonly string[] = []): void {
  Deno.test({
    name,
    ignore: UNAVAILABLE !== undefined,
    async fn(t) {
      const compared = NO_ORACLE === undefined && cases.some(({ oracle }) => oracle === "same");
      await using lab = await Lab.open(compared ? ["rtpedge", "oracle"] : ["rtpedge"], extra);
      for (const one of cases) {
        await t.step(one.name, async () => {
          assert.deepEqual(await lab.play("rtpedge", one.act), one.expected);
        });
        if (!compared || one.oracle !== "same") continue;
        await t.step(`${one.name}: rtpengine`, async () => {
          assert.deepEqual(await lab.play("oracle", one.act), one.expected);
        });
      }
    },
  });
}
