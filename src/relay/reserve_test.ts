import assert from "node:assert/strict";
import { joinRanges, parsePortList, reservePorts } from "./reserve.ts";

function listOf(text: string) {
  return {
    text,
    writes: 0,
    read() {
      return this.text;
    },
    write(list: string) {
      this.text = list;
      this.writes++;
    },
    ephemeral: () => "32768\t60999\n",
  };
}

const MEDIA = [{ portMin: 30000, portMax: 39999 }];

Deno.test("parsePortList reads ports and ranges", () => {
  assert.deepEqual(parsePortList("80,1000-1010\n"), [[80, 80], [1000, 1010]]);
  assert.deepEqual(parsePortList("\n"), []);
  assert.deepEqual(parsePortList("junk,7"), [[7, 7]]);
});

Deno.test("joinRanges sorts, and joins what overlaps or touches", () => {
  assert.deepEqual(joinRanges([[20, 30], [1, 5], [6, 9], [25, 40]]), [[1, 9], [20, 40]]);
});

Deno.test("reservePorts adds a range to what others have reserved", () => {
  const list = listOf("8080,50000-50010\n");
  assert.equal(reservePorts(MEDIA, list), true);
  assert.equal(list.text, "8080,30000-39999,50000-50010");
});

Deno.test("reservePorts writes nothing when the ports are reserved already", () => {
  const list = listOf("20000-45000\n");
  assert.equal(reservePorts(MEDIA, list), true);
  assert.equal(list.writes, 0);
});

Deno.test("reservePorts covers the ranges of all addresses", () => {
  const list = listOf("");
  assert.equal(reservePorts([...MEDIA, { portMin: 10000, portMax: 10099 }], list), true);
  assert.equal(list.text, "10000-10099,30000-39999");
});

Deno.test("reservePorts tells when it may not, and when it did not help", () => {
  const refused = listOf("");
  refused.write = () => {
    throw new Deno.errors.PermissionDenied("no");
  };
  assert.equal(reservePorts(MEDIA, refused), false);
  const ignored = listOf("");
  ignored.write = () => {};
  assert.equal(reservePorts(MEDIA, ignored), false);
});

Deno.test("reservePorts leaves ephemeral ports to the host", () => {
  const list = listOf("50000-60999");
  assert.equal(reservePorts([{ portMin: 10000, portMax: 49743 }], list), true);
  const full = listOf("50000-60999");
  assert.equal(reservePorts([{ portMin: 10000, portMax: 49744 }], full), false);
  assert.equal(full.writes, 0);
  assert.equal(reservePorts([{ portMin: 1024, portMax: 65535 }], listOf("")), false);
});
