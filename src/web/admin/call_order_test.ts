import assert from "node:assert/strict";
import { chooseColumn, formatSorting, parseSorting, sortBy, SORTING } from "./call_order.ts";
import { SchemaError } from "./schema.ts";

Deno.test("parseSorting() reads columns with their directions, and writes them back", () => {
  const order = parseSorting("-loss,started");
  assert.deepEqual(order, [{ key: "loss", down: true }, { key: "started", down: false }]);
  assert.equal(formatSorting(order!), "-loss,started");
  assert.equal(formatSorting(parseSorting("newest")!), "-started");
  assert.equal(formatSorting(parseSorting("oldest")!), "started");
});

Deno.test("SORTING refuses what is no column, more than four, and what is no text", () => {
  for (const bad of ["", "up", "--mos", "mos,", ",mos", "mos,mos,mos,mos,mos", "mos newest", 5]) {
    assert.throws(() => SORTING.parse(bad, "query.sort"), SchemaError, String(bad));
  }
  assert.match("-packets,mos", new RegExp(SORTING.json.pattern!));
});

Deno.test("chooseColumn() turns the first column round, and keeps the others for ties", () => {
  const choose = (order: string, key: "mos" | "loss", downFirst = false) =>
    formatSorting(chooseColumn(parseSorting(order)!, key, downFirst));
  assert.equal(choose("-started", "mos"), "mos,-started");
  assert.equal(choose("mos,-started", "mos"), "-mos,-started");
  assert.equal(choose("mos,-started", "loss", true), "-loss,mos,-started");
  assert.equal(choose("mos,-loss", "loss", true), "-loss,mos");
  assert.equal(choose("id,state,from,media", "mos"), "mos,id,state,from");
});

Deno.test("sortBy() settles ties with the next column, and puts what is not known last", () => {
  const items = [
    { id: "a", mos: 4.1 },
    { id: "b", mos: undefined },
    { id: "c", mos: 3.2 },
    { id: "d", mos: 4.1 },
  ];
  const sorted = (text: string) => {
    const copy = [...items];
    sortBy(copy, parseSorting(text)!, (item, key) => key === "mos" ? item.mos : item.id);
    return copy.map(({ id }) => id).join("");
  };
  assert.equal(sorted("mos,id"), "cadb");
  assert.equal(sorted("mos,-id"), "cdab");
  assert.equal(sorted("-mos,-id"), "dacb");
});
