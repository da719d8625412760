/**
 * Writes `recorded.json`: what rtpengine 10.5 of Debian 12 answers, the last one with which the old
 * protocols work. It needs a folder with that rtpengine to chroot into, which mmdebstrap makes with
 * `--include=rtpengine-daemon bookworm FOLDER`.
 *
 * Usage: deno run -A tests/legacy/record.ts FOLDER
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { DIALOGUES } from "./dialogues.ts";
import { Stage } from "./stage.ts";

const FILE = fileURLToPath(new URL("recorded.json", import.meta.url));

if (import.meta.main) {
  const [root] = Deno.args;
  if (root === undefined) throw new TypeError("Name the folder rtpengine 10.5 is in");
  const recorded: Record<string, readonly string[]> = {};
  await using stage = await Stage.open(root);
  for (const dialogue of DIALOGUES) recorded[dialogue.name] = await stage.play(dialogue);
  await Deno.writeTextFile(FILE, `${JSON.stringify(recorded, null, 2)}\n`);
}
