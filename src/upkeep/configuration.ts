/**
 * The configuration file as the browser edits it: a proposal is read as the daemon would read it, compared,
 * written in one step, put into effect, and kept in the history. Whatever goes wrong, the file before it is
 * back in place.
 *
 * @module
 */

import {
  EditError,
  editSection,
  isOptionName,
  optionNamed,
  takesEffectAtReload,
} from "../config/mod.ts";
import type { Clock } from "../core/clock.ts";
import { type DiffLine, diffLines } from "./diff.ts";
import { reasonOf, UpkeepError } from "./error.ts";
import type { ConfigurationHistory, Revision } from "./history.ts";

/** Longest configuration file, in characters. */
export const MAX_CONFIGURATION = 262_144;
/** Longest comment of a change. */
export const MAX_COMMENT = 200;

/** The text of every option, by name, as a file has it. */
export type OptionTexts = ReadonlyMap<string, string>;

/** What a configuration comes to. */
export interface Reading {
  /** Why the daemon would not start with it; empty = it would. */
  readonly errors: readonly string[];
  /** What looks wrong. */
  readonly warnings: readonly string[];
  /** The options that would be in effect; undefined with errors. */
  readonly options: OptionTexts | undefined;
}

/** An option that a proposal changes. */
export interface OptionChange {
  /** Name of the option. */
  readonly name: string;
  /** Value in effect now; `***` when it is a secret. */
  readonly before: string;
  /** Value proposed. */
  readonly after: string;
  /** No restart is needed. */
  readonly live: boolean;
}

/** What is to be known of a proposal before it is applied. */
export interface Proposal {
  /** The file as it would be. */
  readonly text: string;
  /** Why it cannot be applied; empty = it can. */
  readonly errors: readonly string[];
  /** What looks wrong. */
  readonly warnings: readonly string[];
  /** Options whose values change. */
  readonly changes: readonly OptionChange[];
  /** The file, line by line. */
  readonly lines: readonly DiffLine[];
}

/** The file as it is. */
export interface CurrentFile {
  /** Where it lies; undefined = the program was started without one. */
  readonly path: string | undefined;
  /** What is in it. */
  readonly text: string;
  /** Stands for the text: an edit is refused when the file has changed since. */
  readonly version: string;
  /** Why it cannot be written; undefined = it can. */
  readonly readOnly: string | undefined;
  /** Options that have changed since the start and need a restart. */
  readonly pending: readonly string[];
}

/** What {@link ConfigurationFile} is made of. */
export interface ConfigurationParts {
  /** Where the file lies; undefined = there is to be none. */
  readonly path: string | undefined;
  /** Section that holds the options. */
  readonly section: string;
  /** Reads a text as the daemon would read it from the file. */
  readonly read: (text: string) => Promise<Reading>;
  /** The options in effect, and those at the start. */
  readonly inEffect: () => OptionTexts;
  /** The options at the start. */
  readonly atStart: OptionTexts;
  /** Puts the file into effect. @returns why that failed; undefined = it is in effect */
  readonly reload: () => Promise<string | undefined>;
  /** Former configurations. */
  readonly history: ConfigurationHistory;
  /** Time. */
  readonly clock: Clock;
  /** Files. */
  readonly files: ConfigurationFiles;
}

/** What is done with the file. */
export interface ConfigurationFiles {
  /** Text of a file. @returns undefined when there is none */
  read(path: string): string | undefined;
  /** Replaces it in one step. @throws Error when that cannot be */
  write(path: string, text: string): void;
  /** Why it cannot be written; undefined = it can. */
  readOnly(path: string): string | undefined;
}

/** What an applied change came to. */
export interface Applied {
  /** Number of the revision in the history. */
  readonly revision: number;
  /** What has changed. */
  readonly changes: readonly OptionChange[];
}

/** The configuration file. */
export class ConfigurationFile {
  readonly #parts: ConfigurationParts;
  #busy = false;

  /** Notes what the file is at the start, if it is not what it was last. */
  constructor(parts: ConfigurationParts) {
    this.#parts = parts;
    this.#noteOutsideChange();
  }

  /** The file as it is. */
  current(): CurrentFile {
    const { path, files, inEffect, atStart } = this.#parts;
    const now = inEffect();
    const text = this.#text();
    return {
      path,
      text,
      version: versionOf(text),
      readOnly: path === undefined
        ? "the program was started with config-file=none"
        : files.readOnly(path),
      pending: [...atStart].filter(([name, value]) => !isLive(name) && now.get(name) !== value).map(
        ([name]) => name,
      ),
    };
  }

  /**
   * What would come of a change.
   *
   * @param text the whole file; undefined = as it is
   * @param changes options to set (as they stand in a file) or remove on top of that
   * @throws UpkeepError about a value that cannot stand in a file
   */
  async propose(
    text: string | undefined,
    changes: ReadonlyMap<string, string | undefined> = new Map(),
  ): Promise<Proposal> {
    const before = this.#text();
    const after = this.#edited(text ?? before, changes);
    const { errors, warnings, options } = await this.#parts.read(after);
    return {
      text: after,
      errors,
      warnings,
      changes: options === undefined ? [] : changesOf(this.#parts.inEffect(), options),
      lines: diffLines(before, after),
    };
  }

  /**
   * Writes a new file and puts it into effect.
   *
   * @param version of the file that was edited
   * @param actor who does it, for the history
   * @throws UpkeepError when it cannot be; then the file is what it was
   */
  async apply(text: string, version: string, actor: string, comment: string): Promise<Applied> {
    const { path, files, reload, history, clock } = this.#parts;
    if (this.#busy) throw new UpkeepError("conflict", "another change is just being applied");
    const before = this.current();
    if (path === undefined || before.readOnly !== undefined) {
      throw new UpkeepError(
        "conflict",
        `the configuration file cannot be written: ${before.readOnly}`,
        "download the new text and put it in place by hand",
      );
    }
    if (before.version !== version) {
      throw new UpkeepError(
        "conflict",
        "the file has changed since it was read",
        "read it again and repeat the change",
      );
    }
    this.#busy = true;
    try {
      const { errors, changes } = await this.propose(text);
      if (errors.length > 0) throw new UpkeepError("bad input", errors.slice(0, 20).join("; "));
      this.#noteOutsideChange();
      files.write(path, text);
      const failed = await reload();
      if (failed !== undefined) {
        files.write(path, before.text);
        await reload();
        throw new UpkeepError("conflict", `it cannot be put into effect: ${failed}`);
      }
      const revision = history.add({ at: clock.wall(), actor, comment, text });
      return { revision, changes };
    } catch (error) {
      if (error instanceof UpkeepError) throw error;
      throw new UpkeepError("conflict", `${path} cannot be written: ${reasonOf(error)}`);
    } finally {
      this.#busy = false;
    }
  }

  /** Sets some options: {@link propose} and {@link apply} in one. @throws UpkeepError */
  async set(
    changes: ReadonlyMap<string, string | undefined>,
    actor: string,
    comment: string,
  ): Promise<Applied> {
    const { text, version } = this.current();
    return await this.apply(this.#edited(text, changes), version, actor, comment);
  }

  /** Former configurations, newest first. */
  history(): Revision[] {
    return this.#parts.history.list();
  }

  /** A former configuration. @throws UpkeepError when there is none */
  revision(number: number): Revision {
    const found = this.#parts.history.get(number);
    if (found === undefined) throw new UpkeepError("unknown", `there is no revision ${number}`);
    return found;
  }

  #text(): string {
    const { path, files } = this.#parts;
    return (path === undefined ? undefined : files.read(path)) ?? `[${this.#parts.section}]\n`;
  }

  #edited(text: string, changes: ReadonlyMap<string, string | undefined>): string {
    try {
      return editSection(text, this.#parts.section, changes);
    } catch (error) {
      if (error instanceof EditError) throw new UpkeepError("bad input", error.message);
      throw error;
    }
  }

  #noteOutsideChange(): void {
    const { path, files, history, clock } = this.#parts;
    const text = path === undefined ? undefined : files.read(path);
    if (text === undefined || text.length > MAX_CONFIGURATION) return;
    if (history.last()?.text === text) return;
    history.add({ at: clock.wall(), actor: "", comment: "found in the file", text });
  }
}

function isLive(name: string): boolean {
  return isOptionName(name) && takesEffectAtReload(name);
}

/** Stands for a text. */
function versionOf(text: string): string {
  // FNV-1a, 2 × 32 bits: tells edits apart, guards nothing
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(i), 0x5bd1e995);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}

function changesOf(before: OptionTexts, after: OptionTexts): OptionChange[] {
  return [...after].filter(([name, value]) => before.get(name) !== value).map(([name, value]) => {
    const secret = isOptionName(name) && optionNamed(name).secret;
    const show = (text: string) => secret && text !== "" ? "***" : text;
    return {
      name,
      before: show(before.get(name) ?? ""),
      after: show(value),
      live: isLive(name),
    };
  });
}
