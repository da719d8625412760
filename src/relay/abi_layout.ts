/**
 * The layout of the relay core's C structs, as the library itself describes it at start. Fields are asked
 * for by name with the size the program expects, so a library of another version is found out before a
 * byte is written.
 *
 * @module
 */

/** The library and this program were not built from the same headers. */
export class AbiMismatch extends Error {
  override readonly name = "AbiMismatch";
  constructor(problem: string) {
    super(
      `The relay core library does not match this program: ${problem}; ` +
        "rebuild it with `make -C ffi lib` or install both from one release",
    );
  }
}

/** Size of a struct and offsets of the fields asked for, in bytes. */
export interface StructLayout<Field extends string> {
  readonly size: number;
  readonly offset: Readonly<Record<Field, number>>;
}

interface Struct {
  readonly size: number;
  readonly fields: Map<string, { readonly offset: number; readonly size: number }>;
}

/** All structs the library describes. */
export class AbiLayout {
  readonly #structs = new Map<string, Struct>();

  /**
   * @param text lines `struct NAME SIZE` and `NAME.FIELD OFFSET SIZE`
   * @throws AbiMismatch naming a line that is neither
   */
  constructor(text: string) {
    for (const line of text.split("\n")) {
      if (line === "") continue;
      const match = /^(?:struct (\w+)|(\w+)\.(\w+) (\d+)) (\d+)$/.exec(line);
      if (match === null) throw new AbiMismatch(`it describes itself with "${line.slice(0, 80)}"`);
      const [, name, owner, field, offset, size] = match;
      if (name !== undefined) this.#struct(name, Number(size));
      else this.#struct(owner!).fields.set(field!, { offset: Number(offset), size: Number(size) });
    }
  }

  /**
   * Looks up a struct and those of its fields the program uses.
   *
   * @param fields field → size in bytes; 0 = any (arrays)
   * @throws AbiMismatch naming what is missing or has another size
   */
  require<Field extends string>(
    name: string,
    fields: Readonly<Record<Field, number>>,
  ): StructLayout<Field> {
    const struct = this.#structs.get(name);
    if (struct === undefined || struct.size === 0) {
      throw new AbiMismatch(`it has no struct ${name}`);
    }
    const offsets: Partial<Record<Field, number>> = {};
    for (const field of Object.keys(fields) as Field[]) {
      const found = struct.fields.get(field);
      if (found === undefined) throw new AbiMismatch(`it has no field ${name}.${field}`);
      const wanted = fields[field];
      if (wanted !== 0 && found.size !== wanted) {
        throw new AbiMismatch(`its ${name}.${field} has ${found.size} bytes instead of ${wanted}`);
      }
      if (found.offset + found.size > struct.size) {
        throw new AbiMismatch(`its ${name}.${field} lies outside of the struct`);
      }
      offsets[field] = found.offset;
    }
    return { size: struct.size, offset: offsets as Record<Field, number> };
  }

  /** Size of a field in bytes, 0 when there is none. */
  fieldSize(name: string, field: string): number {
    return this.#structs.get(name)?.fields.get(field)?.size ?? 0;
  }

  #struct(name: string, size?: number): Struct {
    const known = this.#structs.get(name);
    if (known !== undefined && size === undefined) return known;
    const struct: Struct = { size: size ?? 0, fields: known?.fields ?? new Map() };
    this.#structs.set(name, struct);
    return struct;
  }
}
