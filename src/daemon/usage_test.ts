import assert from "node:assert/strict";
import { cpuSecondsOf, openFilesOf, processUsage } from "./usage.ts";

Deno.test("cpuSecondsOf adds user and system time, whatever the program is called", () => {
  const stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0 100 0 0";
  assert.equal(cpuSecondsOf(stat), 3);
});

Deno.test("cpuSecondsOf is 0 for what is no such line", () => {
  assert.equal(cpuSecondsOf(""), 0);
});

Deno.test("openFilesOf reads the soft limit", () => {
  const limits = "Limit                     Soft Limit           Hard Limit           Units\n" +
    "Max open files            20000                40000                files\n";
  assert.equal(openFilesOf(limits), 20000);
  assert.equal(openFilesOf(""), 0);
});

Deno.test("processUsage tells of this process", () => {
  const usage = processUsage();
  assert.equal(usage.pid, Deno.pid);
  assert.ok(usage.residentBytes > 1e6 && usage.heapBytes > 1e5);
});
