/**
 * Schemas that validate input, give it a type and describe it in OpenAPI: one declaration for all three.
 *
 * @module
 */

/** A schema in the words of JSON Schema (draft 2020-12), as far as they are used here. */
export interface JsonSchema {
  /** `object`, `array`, `string`, `integer`, `number`, `boolean`. */
  readonly type?: string;
  /** For people. */
  readonly description?: string;
  /** Words allowed. */
  readonly enum?: readonly string[];
  /** In characters. */
  readonly minLength?: number;
  /** In characters. */
  readonly maxLength?: number;
  /** Regular expression. */
  readonly pattern?: string;
  /** Least value. */
  readonly minimum?: number;
  /** Greatest value. */
  readonly maximum?: number;
  /** What is in a list. */
  readonly items?: JsonSchema;
  /** Fewest items. */
  readonly minItems?: number;
  /** Most items. */
  readonly maxItems?: number;
  /** Fields of an object. */
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  /** Fields that must be there. */
  readonly required?: readonly string[];
  /** Whether other fields may be there. */
  readonly additionalProperties?: boolean | JsonSchema;
}

/** Declares what a value must be. */
export interface Schema<T> {
  /** For documents. */
  readonly json: JsonSchema;
  /** May be left out of an object. */
  readonly optional?: boolean;
  /**
   * Checks a value.
   *
   * @param at where it stands, as `body.name`
   * @throws SchemaError naming the place and what is expected there
   */
  parse(value: unknown, at: string): T;
}

/** The type a schema gives. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

/** A value that is not what its schema says. */
export class SchemaError extends Error {
  /** Always `SchemaError`. */
  override readonly name = "SchemaError";

  /** An error about the value at this place. */
  constructor(at: string, expected: string) {
    super(`${at} is not ${expected}`);
  }
}

/** Limits of a {@link string}; lengths in characters. */
export interface StringLimits {
  /** Shortest. */
  readonly min?: number;
  /** Longest. */
  readonly max: number;
  /** What it must match. */
  readonly pattern?: RegExp;
  /** What it is, for people. */
  readonly about?: string;
}

/** A text. */
export function string({ min = 0, max, pattern, about }: StringLimits): Schema<string> {
  return {
    json: {
      type: "string",
      ...(min > 0 ? { minLength: min } : {}),
      maxLength: max,
      ...(pattern === undefined ? {} : { pattern: pattern.source }),
      ...described(about),
    },
    parse(value, at) {
      if (typeof value !== "string" || value.length < min || value.length > max) {
        throw new SchemaError(at, `a text of ${min} to ${max} characters`);
      }
      if (pattern !== undefined && !pattern.test(value)) {
        throw new SchemaError(at, about ?? `like ${pattern.source}`);
      }
      return value;
    },
  };
}

/** A whole number. */
export function integer(min: number, max: number, about?: string): Schema<number> {
  return {
    json: { type: "integer", minimum: min, maximum: max, ...described(about) },
    parse(value, at) {
      if (!Number.isSafeInteger(value) || value as number < min || value as number > max) {
        throw new SchemaError(at, `a whole number from ${min} to ${max}`);
      }
      return value as number;
    },
  };
}

/** A number with a fraction. */
export function number(about?: string): Schema<number> {
  return {
    json: { type: "number", ...described(about) },
    parse(value, at) {
      if (typeof value !== "number" || !Number.isFinite(value)) {
        throw new SchemaError(at, "a number");
      }
      return value;
    },
  };
}

/** True or false. */
export function boolean(about?: string): Schema<boolean> {
  return {
    json: { type: "boolean", ...described(about) },
    parse(value, at) {
      if (typeof value !== "boolean") throw new SchemaError(at, "true or false");
      return value;
    },
  };
}

/** One of a few words. */
export function oneOf<const Words extends readonly string[]>(
  words: Words,
  about?: string,
): Schema<Words[number]> {
  return {
    json: { type: "string", enum: words, ...described(about) },
    parse(value, at) {
      if (typeof value === "string" && words.includes(value)) return value;
      throw new SchemaError(at, `one of ${words.join(", ")}`);
    },
  };
}

/** A list. */
export function list<T>(
  item: Schema<T>,
  { min = 0, max = 100_000, about }: { min?: number; max?: number; about?: string } = {},
): Schema<readonly T[]> {
  return {
    json: {
      type: "array",
      items: item.json,
      ...(min > 0 ? { minItems: min } : {}),
      maxItems: max,
      ...described(about),
    },
    parse(value, at) {
      if (!Array.isArray(value) || value.length < min || value.length > max) {
        throw new SchemaError(at, `a list of ${min} to ${max} items`);
      }
      return value.map((one, i) => item.parse(one, `${at}[${i}]`));
    },
  };
}

/** Something that may be left out. */
export function optional<T>(schema: Schema<T>): Schema<T | undefined> {
  return { json: schema.json, optional: true, parse: (value, at) => schema.parse(value, at) };
}

/** A body that is no JSON. */
export class Upload implements Schema<Uint8Array> {
  /** For documents. */
  readonly json: JsonSchema;

  /** Bytes of a type, up to `max`. */
  constructor(
    /** Content type. */
    readonly type: string,
    /** Most bytes. */
    readonly max: number,
    about: string,
  ) {
    this.json = { description: about };
  }

  /** Takes bytes as they are. @throws SchemaError */
  parse(value: unknown, at: string): Uint8Array {
    if (value instanceof Uint8Array) return value;
    throw new SchemaError(at, "a file");
  }
}

/** A file as an answer. */
export interface FileAnswer {
  /** Name to keep it under. */
  readonly name: string;
  /** What is in it. */
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
}

/** An answer that is no JSON. */
export class Download implements Schema<FileAnswer> {
  /** For documents. */
  readonly json: JsonSchema;

  /** Bytes of a type. */
  constructor(
    /** Content type. */
    readonly type: string,
    about: string,
    /** Goes on for as long as the client listens; shown, not kept. */
    readonly stream: boolean = false,
  ) {
    this.json = { description: about };
  }

  /** Answers are not checked here. */
  parse(value: unknown): FileAnswer {
    return value as FileAnswer;
  }
}

/** Any JSON, for answers whose form is declared elsewhere. */
export function anything(about: string): Schema<unknown> {
  return { json: { description: about }, parse: (value) => value };
}

/** Schemas of the fields of an object. */
export type Fields = Readonly<Record<string, Schema<unknown>>>;

/** The type of an object with these fields. */
export type ObjectOf<F extends Fields> =
  & {
    readonly [
      /** A field that is always there. */
      K in keyof F as undefined extends Infer<F[K]> ? never : K
    ]: Infer<F[K]>;
  }
  & {
    readonly [
      /** A field that may be left out. */
      K in keyof F as undefined extends Infer<F[K]> ? K : never
    ]?: Infer<F[K]>;
  };

/** An object with exactly these fields. */
export class Shape<F extends Fields> implements Schema<ObjectOf<F>> {
  /** For documents. */
  readonly json: JsonSchema;
  readonly #fields: F;

  /** An object with exactly these fields. */
  constructor(fields: F, about?: string) {
    const names = Object.keys(fields);
    this.#fields = fields;
    this.json = {
      type: "object",
      properties: Object.fromEntries(names.map((name) => [name, fields[name]!.json])),
      required: names.filter((name) => fields[name]!.optional !== true),
      additionalProperties: false,
      ...described(about),
    };
  }

  /** Checks an object. @throws SchemaError */
  parse(value: unknown, at: string): ObjectOf<F> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new SchemaError(at, "an object");
    }
    const fields = this.#fields;
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(fields, name)) {
        throw new SchemaError(`${at}.${name.slice(0, 40)}`, "known here");
      }
    }
    const parsed: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries(fields)) {
      const given: unknown = Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined;
      if (given !== undefined) parsed[name] = schema.parse(given, `${at}.${name}`);
      else if (schema.optional !== true) throw new SchemaError(`${at}.${name}`, "there");
    }
    return parsed as ObjectOf<F>;
  }
}

/** An object with any names, whose values are all of one kind. */
export function record<T>(value: Schema<T>, about: string): Schema<Readonly<Record<string, T>>> {
  return {
    json: { type: "object", additionalProperties: value.json, description: about },
    parse(given, at) {
      if (typeof given !== "object" || given === null || Array.isArray(given)) {
        throw new SchemaError(at, "an object");
      }
      return Object.fromEntries(
        Object.entries(given).map(([name, one]) => [name, value.parse(one, `${at}.${name}`)]),
      );
    },
  };
}

/** An object with exactly these fields. */
export function object<F extends Fields>(fields: F, about?: string): Shape<F> {
  return new Shape(fields, about);
}

/** Texts of a query or a path as an object's schema wants them: numbers, true and false become such. */
export function fromTexts(
  { json }: Schema<unknown>,
  texts: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const known = json.properties !== undefined && Object.hasOwn(json.properties, name);
      const type = known ? json.properties[name]?.type : undefined;
      if (type === "integer" && /^-?\d{1,15}$/.test(text)) return [name, Number(text)];
      if (type === "boolean" && /^(true|false)$/.test(text)) return [name, text === "true"];
      return [name, text];
    }),
  );
}

function described(about: string | undefined): { description?: string } {
  return about === undefined ? {} : { description: about };
}
