/**
 * Health for the terminal: the same facts as the browser shows.
 *
 * @module
 */

import type { HealthFact, HealthLevel } from "../health/mod.ts";
import type { AdminCommand } from "./io.ts";
import { json } from "./io.ts";
import { columns, type Paint, type Tone } from "./style.ts";

const TONES: Readonly<Record<HealthLevel, Tone>> = {
  ok: "good",
  note: "note",
  warning: "warning",
  problem: "problem",
};
const VERDICTS: Readonly<Record<HealthLevel, string>> = {
  ok: "everything that was looked at is well",
  note: "nothing is wrong; something could be better",
  warning: "something needs attention",
  problem: "something is wrong",
};

/** Facts as aligned lines, the worst last, and what to do below each. */
export function healthText(
  level: HealthLevel,
  facts: readonly HealthFact[],
  paint: Paint,
): string {
  const order: readonly HealthLevel[] = ["ok", "note", "warning", "problem"];
  const sorted = [...facts].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  const lines = columns(
    sorted.map((fact) => [{ text: fact.level, tone: TONES[fact.level] }, fact.title, fact.value]),
    paint,
  ).split("\n");
  const text = sorted.map(({ advice }, i) => {
    const todo = advice === undefined ? "" : `         ${paint("strong", "→")} ${advice}\n`;
    return `${lines[i]}\n${todo}`;
  }).join("");
  return `${text}\n${paint(TONES[level], VERDICTS[level])}\n`;
}

/** Exit status: 0 unless there is a problem. */
export function healthStatus(level: HealthLevel): number {
  return level === "problem" ? 1 : 0;
}

/** `health`. */
export const HEALTH_COMMAND: AdminCommand = {
  name: "health",
  args: "",
  help: "what is well, what is not, and what to do; status 1 when there is a problem",
  async run(context) {
    const { level, facts } = await context.client.health();
    if (context.json) json(context, { level, facts });
    else context.out(healthText(level, facts, context.paint));
    return healthStatus(level);
  },
};
