/**
 * `deno run -A tests/differential/show.ts NAME…`: plays the dialogues whose name contains one of the
 * words and prints requests, both answers and the differences. Without a name it lists the dialogues.
 * `--oracle` plays to the oracle only.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { diff } from "./diff.ts";
import type { Dialogue, Step } from "./dialogue.ts";
import { DIALOGUES } from "./dialogues/mod.ts";
import { Stage, type Transcript } from "./stage.ts";

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

function printStep(step: Step, index: number): void {
  print(`\n== step ${index + 1}${step.wire === undefined ? "" : ` (${step.wire})`}`);
  if (step.raw !== undefined) print(`> ${JSON.stringify(step.raw)}`);
  for (const [key, value] of Object.entries(step.message ?? {})) {
    if (key !== "sdp") print(`> ${key} = ${JSON.stringify(value)}`);
    else for (const line of String(value).split("\r\n")) print(`>   ${line}`);
  }
}

function printDialogue(dialogue: Dialogue, oracle: Transcript, ours: Transcript): void {
  print(`\n######## ${dialogue.name}`);
  dialogue.steps.forEach((step, index) => {
    printStep(step, index);
    for (const line of diff(oracle[index] ?? [], ours[index] ?? [])) {
      print(`${line.side}${line.side === " " ? "<" : line.side} ${line.text}`);
    }
  });
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: { oracle: { type: "boolean", default: false } },
  });
  const chosen = DIALOGUES.filter(({ name }) => positionals.some((word) => name.includes(word)));
  if (chosen.length === 0) {
    for (const { name } of DIALOGUES) print(name);
    Deno.exit(positionals.length === 0 ? 0 : 1);
  }
  await using stage = values.oracle
    ? await Stage.open("oracle")
    : await Stage.open("oracle", "rtpedge");
  for (const dialogue of chosen) {
    const oracle = await stage.play("oracle", dialogue);
    printDialogue(
      dialogue,
      oracle,
      values.oracle ? oracle : await stage.play("rtpedge", dialogue),
    );
  }
}
