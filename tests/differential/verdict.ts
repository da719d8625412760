/**
 * Judges what was played: which dialogues are equal, which differ as accepted, which differ otherwise.
 *
 * @module
 */

import type { Accepted, Addition } from "./accepted.ts";
import { changes } from "./diff.ts";
import type { Dialogue } from "./dialogue.ts";
import type { Transcript } from "./stage.ts";

/** Outcome of one dialogue. */
export interface Verdict {
  /** What was played. */
  readonly dialogue: Dialogue;
  /** `equal`: no difference at all; `accepted`: only listed ones; `different`: others. */
  readonly kind: "equal" | "accepted" | "different";
  /** Unlisted changes by step number. */
  readonly unlisted: ReadonlyMap<number, readonly string[]>;
  /** Entries of the list that apply to this dialogue but did not occur. */
  readonly stale: readonly Accepted[];
  /** Additions that occurred and were left out. */
  readonly additions: ReadonlySet<Addition>;
}

/** The differences that are meant. */
export interface Meant {
  /** In single replies. */
  readonly accepted: readonly Accepted[];
  /** Anywhere. */
  readonly additions: readonly Addition[];
}

/** Compares two transcripts of a dialogue in the light of the differences that are meant. */
export function judge(
  dialogue: Dialogue,
  oracle: Transcript,
  ours: Transcript,
  meant: Meant,
): Verdict {
  const entries = meant.accepted.filter((entry) => entry.dialogue === dialogue.name);
  const unlisted = new Map<number, readonly string[]>();
  const occurred = new Set<Accepted>();
  const additions = new Set<Addition>();
  dialogue.steps.forEach((_, index) => {
    const [theirs, mine] = [oracle[index] ?? [], ours[index] ?? []];
    const [made, left] = [
      meant.additions.filter((one) => !one.of),
      meant.additions.filter((one) => one.of),
    ];
    const lines = changes(
      withoutAdditions(mine, theirs, left, additions),
      withoutAdditions(theirs, mine, made, additions),
    );
    if (lines.length === 0) return;
    const entry = entries.find(({ step, lines: listed }) =>
      step === index + 1 && listed.join("\n") === lines.join("\n")
    );
    if (entry === undefined) unlisted.set(index + 1, lines);
    else occurred.add(entry);
  });
  const stale = entries.filter((entry) => !occurred.has(entry));
  const kind = unlisted.size > 0 ? "different" : occurred.size > 0 ? "accepted" : "equal";
  return { dialogue, kind, unlisted, stale, additions };
}

/** `ours` without the known lines that `theirs` does not have. */
function withoutAdditions(
  theirs: readonly string[],
  ours: readonly string[],
  known: readonly Addition[],
  occurred: Set<Addition>,
): string[] {
  return ours.filter((line) => {
    const addition = known.find((candidate) => candidate.line.test(line));
    if (addition === undefined || theirs.includes(line)) return true;
    occurred.add(addition);
    return false;
  });
}

/** Share of dialogues without any difference, 0 to 1. */
export function equalShare(verdicts: readonly Verdict[]): number {
  return verdicts.filter(({ kind }) => kind === "equal").length / verdicts.length;
}

/** The table at the end: one line per dialogue that is not equal, then the totals. */
export function table(verdicts: readonly Verdict[]): string {
  const lines: string[] = [];
  for (const { dialogue, kind, unlisted } of verdicts) {
    if (kind === "equal") continue;
    const steps = unlisted.size === 0 ? "" : `steps ${[...unlisted.keys()].join(", ")}`;
    lines.push(`${kind.padEnd(10)} ${dialogue.name.padEnd(60)} ${steps}`.trimEnd());
  }
  return [...lines, totals(verdicts)].join("\n");
}

/** How many are equal, accepted and different. */
export function totals(verdicts: readonly Verdict[]): string {
  const lines: string[] = [];
  for (const kind of ["equal", "accepted", "different"] as const) {
    const count = verdicts.filter((verdict) => verdict.kind === kind).length;
    const percent = (100 * count / verdicts.length).toFixed(1);
    lines.push(
      `${kind.padEnd(10)} ${String(count).padStart(4)} of ${verdicts.length}  ${percent} %`,
    );
  }
  return lines.join("\n");
}

/** Every unlisted change, as a text for a developer. */
export function details(verdicts: readonly Verdict[]): string {
  const lines: string[] = [];
  for (const { dialogue, unlisted } of verdicts) {
    for (const [step, changed] of unlisted) {
      const name = dialogue.steps[step - 1]?.message?.["command"] ?? "raw message";
      lines.push(`## ${dialogue.name}, step ${step} (${name})`, ...changed, "");
    }
  }
  return lines.join("\n");
}
