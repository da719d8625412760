import assert from "node:assert/strict";
import {
  anything,
  boolean,
  fromTexts,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  SchemaError,
  string,
} from "./schema.ts";

const PERSON = object({
  name: string({ min: 1, max: 5, pattern: /^[a-z]+$/, about: "small letters" }),
  age: optional(integer(0, 150, "in years")),
  tags: list(oneOf(["a", "b"]), { min: 1, max: 2 }),
  ok: optional(boolean()),
});

Deno.test("object() gives what was declared, and nothing else", () => {
  assert.deepEqual(PERSON.parse({ name: "ada", tags: ["a"] }, "body"), {
    name: "ada",
    tags: ["a"],
  });
  assert.deepEqual(PERSON.parse({ name: "ada", tags: ["b"], age: 7, ok: true }, "body"), {
    name: "ada",
    tags: ["b"],
    age: 7,
    ok: true,
  });
});

Deno.test("schemas name the place and what is expected there", () => {
  const good = { name: "ada", tags: ["a"] };
  for (
    const [bad, message] of [
      [null, "body is not an object"],
      [[], "body is not an object"],
      ["x", "body is not an object"],
      [{ tags: ["a"] }, "body.name is not there"],
      [{ ...good, name: "" }, "body.name is not a text of 1 to 5 characters"],
      [{ ...good, name: "abcdef" }, "body.name is not a text of 1 to 5 characters"],
      [{ ...good, name: "ADA" }, "body.name is not small letters"],
      [{ ...good, name: 5 }, "body.name is not a text of 1 to 5 characters"],
      [{ ...good, age: 1.5 }, "body.age is not a whole number from 0 to 150"],
      [{ ...good, age: "7" }, "body.age is not a whole number from 0 to 150"],
      [{ ...good, age: 151 }, "body.age is not a whole number from 0 to 150"],
      [{ ...good, tags: [] }, "body.tags is not a list of 1 to 2 items"],
      [{ ...good, tags: ["a", "c"] }, "body.tags[1] is not one of a, b"],
      [{ ...good, tags: "a" }, "body.tags is not a list of 1 to 2 items"],
      [{ ...good, ok: 1 }, "body.ok is not true or false"],
      [{ ...good, admin: true }, "body.admin is not known here"],
      [
        JSON.parse('{"name":"ada","tags":["a"],"__proto__":{"x":1}}'),
        "body.__proto__ is not known here",
      ],
      [
        JSON.parse('{"name":"ada","tags":["a"],"constructor":1}'),
        "body.constructor is not known here",
      ],
    ] as const
  ) {
    assert.throws(
      () => PERSON.parse(bad, "body"),
      (error) => error instanceof SchemaError && error.message === message,
      message,
    );
  }
});

Deno.test("number() and anything() take what JSON has", () => {
  assert.equal(number().parse(1.5, "x"), 1.5);
  assert.throws(() => number().parse(NaN, "x"), SchemaError);
  assert.throws(() => number().parse("1", "x"), SchemaError);
  assert.deepEqual(anything("whatever").parse({ a: [1] }, "x"), { a: [1] });
});

Deno.test("fromTexts() makes numbers of texts only where numbers are wanted", () => {
  const query = object({ limit: optional(integer(1, 9)), text: optional(string({ max: 9 })) });
  assert.deepEqual(fromTexts(query, { limit: "5", text: "5", other: "5" }), {
    limit: 5,
    text: "5",
    other: "5",
  });
  assert.deepEqual(fromTexts(query, { limit: "0x5" }), { limit: "0x5" });
  assert.deepEqual(fromTexts(query, { limit: "9".repeat(99) }), { limit: "9".repeat(99) });
});

Deno.test("a schema describes itself in JSON Schema", () => {
  assert.deepEqual(PERSON.json, {
    type: "object",
    properties: {
      name: {
        type: "string",
        minLength: 1,
        maxLength: 5,
        pattern: "^[a-z]+$",
        description: "small letters",
      },
      age: { type: "integer", minimum: 0, maximum: 150, description: "in years" },
      tags: {
        type: "array",
        items: { type: "string", enum: ["a", "b"] },
        minItems: 1,
        maxItems: 2,
      },
      ok: { type: "boolean" },
    },
    required: ["name", "tags"],
    additionalProperties: false,
  });
});
