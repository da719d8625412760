import assert from "node:assert/strict";
import { textAnswer } from "./text_json.ts";

Deno.test("textAnswer() reads sections, values with units, and tables", () => {
  const text = `
Statistics over currently running sessions:

 Owned sessions                                  :3
 Uptime of rtpengine                             :12 seconds
 Packets per second (userspace)                  :0

Control statistics:

                 Proxy |      Ping |     Offer |
             192.0.2.1 |         4 |         7 |

`;
  const { sections, ok, command } = textAnswer("list totals", true, text);
  assert.deepEqual([command, ok], ["list totals", true]);
  assert.deepEqual(sections, [
    {
      title: "Statistics over currently running sessions",
      values: {
        "Owned sessions": 3,
        "Uptime of rtpengine": "12 seconds",
        "Packets per second (userspace)": 0,
      },
      rows: [],
      lines: [],
    },
    {
      title: "Control statistics",
      values: {},
      rows: [{ "Proxy": "192.0.2.1", "Ping": 4, "Offer": 7 }],
      lines: [],
    },
  ]);
});

Deno.test("textAnswer() keeps what it does not understand", () => {
  const answer = textAnswer("list sessions all", true, "No sessions on this media relay.\n");
  assert.deepEqual(answer.sections[0]?.lines, ["No sessions on this media relay."]);
  assert.equal(answer.text, "No sessions on this media relay.\n");
  assert.deepEqual(textAnswer("x", false, "").sections, []);
});

Deno.test("textAnswer() leaves numbers that are none, or too large, as text", () => {
  const { sections } = textAnswer("x", true, " a : 1.5\n b : 007x\n c : 99999999999999999999\n");
  assert.deepEqual(sections[0]?.values, { a: 1.5, b: "007x", c: "99999999999999999999" });
});
