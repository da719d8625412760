import assert from "node:assert/strict";
import { type Command, dispatch, levelHelp, splitWord, treeHelp } from "./tree.ts";

const TREE: readonly Command<{ seen: string[] }>[] = [
  {
    name: "echo",
    args: "<text>",
    help: "repeat the text",
    run: (context, rest) => {
      context.seen.push(rest);
      return `${rest}\n`;
    },
  },
  {
    name: "group",
    args: "<option>",
    children: [{ name: "one", help: "print one", run: () => "1\n" }],
  },
];

function run(line: string): string {
  return dispatch(TREE, { seen: [] }, line);
}

Deno.test("splitWord splits at the first space only", () => {
  assert.deepEqual(splitWord("a b  c"), ["a", "b  c"]);
  assert.deepEqual(splitWord("a"), ["a", ""]);
  assert.deepEqual(splitWord(" a"), ["", "a"]);
});

Deno.test("dispatch hands the rest of the line to the command", () => {
  assert.equal(run("echo hello  world"), "hello  world\n");
  assert.equal(run("group one and more"), "1\n");
});

Deno.test("dispatch names an unknown command, at every level", () => {
  assert.equal(run("nope x"), "Unknown command: nope\n");
  assert.equal(run("group nope x"), "Unknown command: nope\n");
  assert.equal(run("group  one"), "Unknown command: \n");
});

Deno.test("dispatch knows no inherited names", () => {
  assert.equal(run("constructor"), "Unknown command: constructor\n");
  assert.equal(run("__proto__ x"), "Unknown command: __proto__\n");
});

Deno.test("dispatch asks for more where a line stops early", () => {
  assert.equal(run("group"), "More parameters required.\n");
  assert.equal(dispatch(TREE, { seen: [] }, "", "nothing"), "nothing");
});

Deno.test("help lists one level and usage the whole tree, aligned", () => {
  assert.equal(run("help"), levelHelp(TREE));
  assert.equal(
    levelHelp(TREE),
    "Available sub-commands at this level:\n" +
      `\techo <text>${" ".repeat(38)}: repeat the text\n` +
      "\tgroup <option>\n",
  );
  assert.equal(
    treeHelp(TREE),
    "    Supported commands are:\n\n" +
      `    echo <text>${" ".repeat(35)}: repeat the text\n\n` +
      "    group <option>\n" +
      `        one${" ".repeat(39)}: print one\n\n`,
  );
});
