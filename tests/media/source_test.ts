/**
 * Where media of a party is taken from, and sent to: endpoint learning and the flags about it.
 *
 * @module
 */

import { type Case, media } from "./case.ts";
import { rtp } from "./packet.ts";
import { describe, type Keys, portOf, type Scene } from "./scene.ts";

/** Ports packets that claim to be A's come from: its own, another one of it, two of somebody else. */
const SOURCES = ["A0", "A2", "X0", "X2"];
/** Longer than the learning window, in ms. */
const LATE = 3200;

/** Somebody sends to A's port, and then B sends to A. `late`: the learning window ends in between. */
type Step = string | "late";

/**
 * A case: what B heard, and where A's media went, after each packet.
 *
 * @param outcomes of each step `HEARD -> WHERE`
 */
function learning(
  name: string,
  keys: Keys,
  steps: readonly Step[],
  outcomes: readonly string[],
  oracle: Case["oracle"] = "same",
): Case {
  return {
    name,
    oracle,
    expected: ["start -> A0", ...outcomes],
    async act(scene) {
      await scene.listen(...SOURCES, "B0");
      const section = (phone: string) =>
        describe(phone, 1, `m=audio ${portOf(`${phone}0`)} RTP/AVP 8`);
      const b = await scene.offer(section("A"), keys);
      const a = await scene.answer(section("B"));
      await answer(scene, b.rtp[0]!, "start", 0);
      for (const [i, step] of steps.entries()) {
        if (step === "late") {
          await scene.pause(LATE);
          continue;
        }
        await scene.send(step, a.rtp[0], rtp(8, 0xa, i + 1, step));
        await scene.hear(step);
        const heard = scene.notes.splice(scene.notes.lastIndexOf(`-- ${step}`));
        await answer(scene, b.rtp[0]!, heard.length > 1 ? step : `${step} dropped`, i + 1);
      }
    },
  };
}

/** B sends; notes which socket has it. */
async function answer(scene: Scene, port: number, title: string, sequence: number): Promise<void> {
  await scene.send("B0", port, rtp(8, 0xb, sequence, "B"));
  await scene.hear("answer");
  const heard = scene.notes.splice(scene.notes.lastIndexOf("-- answer")).slice(1);
  scene.note(`${title} -> ${heard.map((line) => line.slice(0, 2)).join(" ") || "nowhere"}`);
}

function mode(learn: string): Keys {
  return { "endpoint-learning": learn };
}

const WINDOW = {
  not: "its window ends with the first packet after the three seconds, which still counts",
};

media("endpoint-learning", [
  learning("off: nothing but the signalled endpoint", mode("off"), ["X2", "A2", "A0"], [
    "X2 -> A0",
    "A2 -> A0",
    "A0 -> A0",
  ]),
  learning("immediate: the first packet decides", mode("immediate"), ["X2", "A0", "A2"], [
    "X2 -> X2",
    "A0 -> X2",
    "A2 -> X2",
  ]),
  learning("immediate: also when it is the right one", mode("immediate"), ["A0", "X2"], [
    "A0 -> A0",
    "X2 -> A0",
  ]),
  learning("delayed: the last packet of the window counts", mode("delayed"), ["A0", "X2", "A2"], [
    "A0 -> A0",
    "X2 -> X2",
    "A2 -> A2",
  ]),
  learning("delayed: the window ends", mode("delayed"), ["X2", "late", "A0"], [
    "X2 -> X2",
    "A0 -> X2",
  ], WINDOW),
  learning("heuristic: better matches replace worse ones", mode("heuristic"), [
    "X2",
    "X0",
    "A2",
    "X2",
    "A0",
    "A2",
  ], ["X2 -> X2", "X0 -> X0", "A2 -> A2", "X2 -> A2", "A0 -> A0", "A2 -> A0"]),
  learning("heuristic: the right endpoint ends it", mode("heuristic"), ["A0", "X2", "A2"], [
    "A0 -> A0",
    "X2 -> A0",
    "A2 -> A0",
  ]),
  learning("heuristic: the window ends", mode("heuristic"), ["X2", "late", "A0"], [
    "X2 -> X2",
    "A0 -> X2",
  ], WINDOW),
  learning("asymmetric: nothing is learned", { flags: ["asymmetric"] }, ["A2", "X2"], [
    "A2 -> A0",
    "X2 -> A0",
  ]),
]);

media("sources after learning", [
  learning("strict source: strangers are dropped", { flags: ["strict source"] }, [
    "A0",
    "X2",
    "A2",
    "A0",
  ], ["A0 -> A0", "X2 dropped -> A0", "A2 dropped -> A0", "A0 -> A0"]),
  learning("strict source: a worse match is a stranger", { flags: ["strict source"] }, [
    "X0",
    "A2",
    "X2",
    "A0",
  ], ["X0 -> X0", "A2 -> A2", "X2 dropped -> A2", "A0 -> A0"]),
  learning(
    "strict source: late, even the signalled endpoint is",
    { flags: ["strict source"] },
    [
      "X2",
      "late",
      "A0",
    ],
    ["X2 -> X2", "A0 dropped -> X2"],
    WINDOW,
  ),
  learning("media handover: media follows whoever sends", { flags: ["media handover"] }, [
    "A0",
    "X2",
  ], ["A0 -> A0", "X2 -> X2"]),
  learning(
    "media handover: after the window too",
    { flags: ["media handover"] },
    [
      "A0",
      "late",
      "A2",
      "late",
      "X2",
    ],
    ["A0 -> A0", "A2 -> A2", "X2 -> X2"],
    { not: "follows once" },
  ),
  learning("neither: heard, but not followed", {}, ["A0", "X2", "A2"], [
    "A0 -> A0",
    "X2 -> A0",
    "A2 -> A0",
  ]),
]);
