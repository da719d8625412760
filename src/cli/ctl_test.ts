import assert from "node:assert/strict";
import { CTL_HELP, type CtlDeps, runCtl } from "./ctl.ts";
import { isFailure } from "./ctl.ts";

interface Seen {
  status: number;
  asked: [host: string, port: number, line: string][];
  stdout: string;
  stderr: string;
}

async function ctl(
  args: readonly string[],
  answer: string | Error = "fine\n",
  files: Readonly<Record<string, string>> = {},
  terminal = false,
): Promise<Seen> {
  const seen: Seen = { status: -1, asked: [], stdout: "", stderr: "" };
  const deps: CtlDeps = {
    exchange: (...asked) => {
      seen.asked.push(asked);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw new Error("No such file");
      return text;
    },
    terminal,
    stdout: (text) => seen.stdout += text,
    stderr: (text) => seen.stderr += text,
  };
  seen.status = await runCtl(args, deps);
  return seen;
}

Deno.test("runCtl asks the default address and prints the raw answer", async () => {
  const seen = await ctl(["list", "totals"], "\n\xff raw");
  assert.deepEqual(seen.asked, [["127.0.0.1", 9900, "list totals"]]);
  assert.equal(seen.stdout, "\n\xff raw");
  assert.equal(seen.status, 0);
});

Deno.test("runCtl keeps control characters in a call-id from a terminal", async () => {
  const answer = "ID: \x1b]0;owned\x07\x7f \xc3\xa9\n\tend\n";
  assert.equal((await ctl(["list", "sessions", "all"], answer)).stdout, answer);
  assert.equal(
    (await ctl(["list", "sessions", "all"], answer, {}, true)).stdout,
    "ID: \\x1b]0;owned\\x07\\x7f \xc3\xa9\n\tend\n",
  );
});

Deno.test("runCtl takes rtpengine-ctl's options, with one or two dashes", async () => {
  const cases: [args: string[], host: string, port: number][] = [
    [["-ip", "192.0.2.7"], "192.0.2.7", 9900],
    [["-ip", "192.0.2.7:1234"], "192.0.2.7", 1234],
    [["--ip=192.0.2.7", "--port=1234"], "192.0.2.7", 1234],
    [["-port", "1234"], "127.0.0.1", 1234],
    [["--ip", "[2001:db8::1]:1234"], "2001:db8::1", 1234],
    [["--ip", "[2001:db8::1]"], "2001:db8::1", 9900],
    [["--ip", "2001:db8::1"], "2001:db8::1", 9900],
    [["--ip", "localhost:1"], "localhost", 1],
  ];
  for (const [args, host, port] of cases) {
    const { asked } = await ctl([...args, "help"]);
    assert.deepEqual(asked, [[host, port, "help"]], args.join(" "));
  }
});

Deno.test("runCtl leaves dashes after the command to the command", async () => {
  const { asked } = await ctl(["set", "maxsessions", "-1"]);
  assert.equal(asked[0]?.[2], "set maxsessions -1");
});

Deno.test("runCtl finds listen-cli in section [rtpengine] of a configuration", async () => {
  const cases: [text: string, host: string, port: number][] = [
    ["[rtpengine]\nlisten-cli = 192.0.2.7:1234\n", "192.0.2.7", 1234],
    ["[x]\nlisten-cli=1.2.3.4:5\n[rtpengine]\r\nlisten-cli=9911\r\n", "127.0.0.1", 9911],
    ["[rtpengine]\nlisten-cli=0.0.0.0:9900;[::]:9901\n", "127.0.0.1", 9900],
    ["[rtpengine]\n#listen-cli=1.2.3.4:5\nlisten-cli=[::]:9902\n", "::1", 9902],
  ];
  for (const [text, host, port] of cases) {
    const { asked } = await ctl(["-config-file", "/etc/x.conf", "help"], "", {
      "/etc/x.conf": text,
    });
    assert.deepEqual(asked, [[host, port, "help"]], text);
  }
});

Deno.test("runCtl says what is wrong with its arguments and asks nobody", async () => {
  const cases: [args: string[], complaint: RegExp][] = [
    [[], /a command is needed/],
    [["--port"], /option --port needs a value/],
    [["--port", "70000", "help"], /port "70000" is not between 1 and 65535/],
    [["--port", "9x", "help"], /port "9x"/],
    [["--nope", "1", "help"], /unknown option "nope"/],
    [["--config-file", "/none", "help"], /"\/none" cannot be read: No such file/],
    [["list\ntotals"], /one line/],
    [["x".repeat(2000)], /shorter than 1024 bytes/],
  ];
  for (const [args, complaint] of cases) {
    const { status, asked, stderr } = await ctl(args);
    assert.equal(status, 2, args.join(" "));
    assert.match(stderr, complaint);
    assert.deepEqual(asked, []);
  }
  const { stderr } = await ctl(["--config-file", "/c", "help"], "", { "/c": "[other]\n" });
  assert.match(stderr, /no listen-cli in section \[rtpengine\]/);
});

Deno.test("runCtl prints help with examples", async () => {
  for (const option of ["-help", "--help", "-h"]) {
    const { status, stdout, asked } = await ctl([option]);
    assert.equal(status, 0);
    assert.equal(stdout, CTL_HELP);
    assert.deepEqual(asked, []);
  }
  assert.match(CTL_HELP, /Examples:\n {2}rtpedge ctl list totals\n/);
});

Deno.test("runCtl --help lists the commands, in 80 columns", () => {
  assert.match(CTL_HELP, /^ {2}list {7}numsessions, sessions, totals, /m);
  assert.match(CTL_HELP, /^ {2}terminate {2}<callid> \| all \| own \| foreign$/m);
  assert.match(CTL_HELP, /^ {2}usage$/m);
  for (const line of CTL_HELP.split("\n")) assert.ok(line.length <= 100, line);
});

Deno.test("runCtl suggests what may have been meant, on standard error", async () => {
  const unknown = await ctl(["list", "toals"], "Unknown command: toals\n");
  assert.equal(unknown.status, 1);
  assert.equal(unknown.stdout, "Unknown command: toals\n");
  assert.equal(unknown.stderr, 'rtpedge ctl: did you mean "list totals"?\n');
  const short = await ctl(["set", "timeout"], "More parameters required.\n");
  assert.equal(short.stderr, "rtpedge ctl: usage: set timeout <uint>\n");
  const refused = await ctl(
    ["set", "timeout", "x"],
    "Fail setting timeout to x; no digits found\n",
  );
  assert.equal(refused.status, 1);
  assert.equal(refused.stderr, "");
});

Deno.test("runCtl fails when there is no answer", async () => {
  const { status, stderr, stdout } = await ctl(["help"], new Error("connection refused"));
  assert.equal(status, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /no answer from 127\.0\.0\.1 port 9900: connection refused\n$/);
});

Deno.test("runCtl exits with 1 when the daemon refuses, and still prints why", async () => {
  const { status, stdout } = await ctl(["foo"], "Unknown command: foo\n");
  assert.equal(status, 1);
  assert.equal(stdout, "Unknown command: foo\n");
});

Deno.test("isFailure knows refusals from answers", () => {
  const refusals = ["More parameters required.\n", "Fail setting timeout to x; no digits found\n"];
  const more = [
    "\nCall Id not found (x).\n\n",
    "\nCall ID not found (x).\n\n",
    "No such call 'x'\n",
  ];
  const words = ["Call ID 'x' not found\n", "Failed to evict 5\n", "Invalid ID 'x'\n"];
  for (const text of [...refusals, ...more, ...words, "Incomplete command: \n"]) {
    assert.equal(isFailure(text), true, text);
  }
  const answers = ["", "TIMEOUT=60\n", "No sessions on this media relay.\n", "No stats entries\n"];
  for (const text of [...answers, "\ncallid: Invalid \n", "All calls terminated by operator.\n"]) {
    assert.equal(isFailure(text), false, text);
  }
});
