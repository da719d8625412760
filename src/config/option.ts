/**
 * What an option is: its names, its type, its default and how its text is read. The table itself is in
 * `options.ts`; every surface (command line, file, environment, help, manual) is a view of it.
 *
 * @module
 */

import type { Part } from "../core/part.ts";

/** How whole numbers are written: C style (`0x10`, `010`) on the command line, decimal elsewhere. */
export type Radix = "c" | "decimal";

/** Where an option may be given. */
export type Surface = "everywhere" | "command line" | "environment";

/**
 * `now`: in effect; `later`: accepted with a warning; `refused`: asks for an action (print and exit) that
 * does not exist yet, so starting instead would be wrong.
 */
export type Status = "now" | "later" | "refused";

/** A value that an option cannot take; the message is what it is not, e.g. `"x" is not an integer`. */
export class BadValue extends Error {
  override readonly name = "BadValue";

  /**
   * @param text the value as given
   * @param allowed what would be allowed, such as `an integer from 1 to 65535`
   */
  constructor(text: string, allowed: string) {
    super(`"${text}" is not ${allowed}`);
  }
}

/** One option; `T` is the type of its value in the configuration record. */
export interface Option<T> {
  /** Takes no argument. */
  readonly flag: boolean;
  /** One letter for the command line. */
  readonly short?: string;
  /** What the help shows for the argument; empty for flags. */
  readonly metavar: string;
  /** May be given several times, or once with `;` between the items. */
  readonly repeat: boolean;
  /** The value when nothing gives one. */
  readonly default: T;
  /** The default as an operator would say it; empty = nothing. */
  readonly defaultText: string;
  /** Unit of the value, e.g. `s`. */
  readonly unit: string;
  /** One sentence without period. */
  readonly help: string;
  /** What values are allowed, e.g. `an integer from 1 to 65535`. */
  readonly allowed: string;
  /** Whether it is in effect. */
  readonly status: Status;
  /** The part that brings it into effect; absent = it is. */
  readonly part?: Part;
  /** Not an option of rtpengine. */
  readonly ours: boolean;
  /** Where it may be given. */
  readonly surface: Surface;
  /** Never shown. */
  readonly secret: boolean;
  /** Name of its environment variable when it is not derived from the option's name. */
  readonly env?: string;
  /**
   * Makes the value of the texts given (one, unless `repeat`).
   *
   * @throws BadValue
   */
  read(texts: readonly string[], radix: Radix): T;
  /** A value as it is written in a file. */
  write(value: T): string;
}

/** Options by long name. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** A table whose options keep their types. */
export class OptionSet<Table extends OptionTable> {
  /** Options by long name. */
  readonly table: Table;

  /**
   * Keeps a table.
   *
   * @param table options by long name
   */
  constructor(table: Table) {
    this.table = table;
  }
}

/** The record of values that a table gives. */
export type ValuesOf<Table> = {
  readonly [
    /** The value of the option of this name. */
    Name in keyof Table
  ]: Table[Name] extends Option<infer T> ? T : never;
};

/** What every option is declared with. */
export interface Spec {
  readonly help: string;
  readonly short?: string;
  readonly metavar?: string;
  readonly unit?: string;
  readonly defaultText?: string;
  readonly ours?: boolean;
  readonly surface?: Surface;
  readonly secret?: boolean;
  readonly env?: string;
  readonly status?: Status;
}

/** The parts a type adds to a {@link Spec}. */
export interface Shape<T> {
  readonly flag?: boolean;
  readonly metavar: string;
  readonly repeat?: boolean;
  readonly default: T;
  readonly allowed: string;
  readonly read: (texts: readonly string[], radix: Radix) => T;
  readonly write?: (value: T) => string;
}

/** Puts an option together; `types.ts` has a function for each type. */
export function makeOption<T>(spec: Spec, shape: Shape<T>): Option<T> {
  const write = shape.write ?? plainText;
  return {
    flag: shape.flag ?? false,
    ...(spec.short === undefined ? {} : { short: spec.short }),
    ...(spec.env === undefined ? {} : { env: spec.env }),
    metavar: spec.metavar ?? shape.metavar,
    repeat: shape.repeat ?? false,
    default: shape.default,
    defaultText: spec.defaultText ?? write(shape.default),
    unit: spec.unit ?? "",
    help: spec.help,
    allowed: shape.allowed,
    status: spec.status ?? "now",
    ours: spec.ours ?? false,
    surface: spec.surface ?? "everywhere",
    secret: spec.secret ?? false,
    read: shape.read,
    write,
  };
}

/** The same options, marked as accepted but without effect before this part is there. */
export function later<Table extends OptionTable>(part: Part, table: Table): Table {
  const marked: Record<string, Option<unknown>> = {};
  for (const [name, option] of Object.entries(table)) {
    marked[name] = { ...option, status: option.status === "refused" ? "refused" : "later", part };
  }
  return marked as Table;
}

function plainText(value: unknown): string {
  if (value === undefined) return "";
  return Array.isArray(value) ? value.map(String).join(";") : String(value);
}
