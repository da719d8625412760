import assert from "node:assert/strict";
import { hintFor } from "./hint.ts";

Deno.test("hintFor names the command that is nearest at its level", () => {
  const cases: [line: string, hint: string][] = [
    ["lst totals", 'did you mean "list totals"?'],
    ["list toals", 'did you mean "list totals"?'],
    ["list sesions all", 'did you mean "list sessions all"?'],
    ["set maxsesions 5", 'did you mean "set maxsessions 5"?'],
    ["media lsit files", 'did you mean "media list files"?'],
    ["call abc trminate", 'did you mean "call abc terminate"?'],
    ["call abc tag t ifno", 'did you mean "call abc tag t info"?'],
  ];
  for (const [line, hint] of cases) assert.equal(hintFor(line), hint, line);
});

Deno.test("hintFor finds commands in other places of the tree, reading before writing", () => {
  assert.equal(hintFor("totals"), 'did you mean "list totals"?');
  assert.equal(hintFor("sessions all"), 'did you mean "list sessions all"?');
  assert.equal(hintFor("timeout"), 'did you mean "list timeout"?');
  assert.equal(hintFor("media totals"), 'did you mean "list totals"?');
});

Deno.test("hintFor says how a command goes on", () => {
  assert.match(hintFor("list") ?? "", /^"list" goes on with one of: numsessions, sessions, /);
  assert.match(hintFor("media reload") ?? "", /^"media reload" goes on with one of: file, files,/);
  assert.match(hintFor("call abc") ?? "", /^"call abc" goes on with one of: info, terminate, /);
  assert.equal(hintFor("call"), "usage: call <callid> <option>");
  assert.equal(hintFor("call abc tag"), "usage: call abc tag <tag> <option>");
  assert.equal(hintFor("set timeout"), "usage: set timeout <uint>");
  assert.equal(hintFor("terminate"), "usage: terminate <callid> | all | own | foreign");
});

Deno.test("hintFor sends to the list of commands when nothing is near", () => {
  assert.equal(hintFor("xyzzy"), '"rtpedge ctl usage" lists all commands');
  assert.equal(hintFor("list xyzzy"), '"rtpedge ctl usage" lists all commands');
});

Deno.test("hintFor has nothing to say about commands with their arguments", () => {
  for (const line of ["list totals", "set timeout x", "terminate abc", "help", "list help", ""]) {
    assert.equal(hintFor(line), undefined, line);
  }
  for (const line of ["call abc info", "call abc tag t info", "list loglevel", "usage"]) {
    assert.equal(hintFor(line), undefined, line);
  }
});
