import assert from "node:assert/strict";
import { CTL_COMMANDS } from "../cli/mod.ts";
import { completionScript, SHELLS } from "./completion.ts";
import type { TerminalIo } from "./io.ts";
import { ADMIN_COMMANDS, adminCommand, adminHelp, type Reach, runAdminCommand } from "./run.ts";
import { painter } from "./style.ts";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Runs a command against answers by path; what is not there is `{}`. */
async function run(
  args: readonly string[],
  answers: Readonly<Record<string, unknown>> = {},
  change: Partial<TerminalIo> = {},
) {
  const asked: Asked[] = [];
  const written = new Map<string, Uint8Array>();
  let [out, err] = ["", ""];
  const io: TerminalIo = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    paint: painter(false, {}),
    terminal: false,
    secret: () => Promise.resolve("a secret of some length"),
    ask: () => Promise.resolve("y"),
    readFile: (path) => `content of ${path}`,
    writeFile: (path, content) => void written.set(path, content),
    sleep: () => Promise.resolve(),
    now: () => 1_700_000_000_000,
    ...change,
  };
  const reach: Reach = {
    sockets: () => ["/run/x/socket"],
    token: undefined,
    trusting: () => () => Promise.reject(new Error("not here")),
    socketFetch: () => (url, { method = "GET", body }) => {
      const { pathname, search } = new URL(url);
      const path = pathname.replace("/api/v1", "") + search;
      asked.push({ method, path, body: typeof body === "string" ? JSON.parse(body) : undefined });
      const answer = answers[path];
      if (answer instanceof Response) return Promise.resolve(answer);
      return Promise.resolve(Response.json(answer ?? {}));
    },
  };
  const status = await runAdminCommand(args, io, reach);
  return { status, out, err, asked, written };
}

const FACTS = [
  { id: "a", level: "problem", title: "Disk", value: "full", advice: "free some" },
  { id: "b", level: "ok", title: "Memory of this host", value: "enough" },
];

Deno.test("health is aligned, says what to do, and its status tells of a problem", async () => {
  const { out, status } = await run(["health"], { "/health": { level: "problem", facts: FACTS } });
  assert.equal(
    out,
    "ok       Memory of this host  enough\n" +
      "problem  Disk                 full\n" +
      "         → free some\n\nsomething is wrong\n",
  );
  assert.equal(status, 1);
  const json = await run(["health", "--json"], { "/health": { level: "ok", facts: [] } });
  assert.deepEqual([JSON.parse(json.out), json.status], [{ level: "ok", facts: [] }, 0]);
});

Deno.test("colours are for terminals that want them", () => {
  assert.equal(painter(true, {})("good", "x"), "\x1b[32mx\x1b[0m");
  assert.equal(painter(true, { NO_COLOR: "1" })("good", "x"), "x");
  assert.equal(painter(true, { TERM: "dumb" })("good", "x"), "x");
  assert.equal(painter(false, {})("good", "x"), "x");
});

Deno.test("the first user is an administrator, later ones look", async () => {
  const first = await run(["user", "add", "ada"], { "/users": [] });
  assert.deepEqual(first.asked.at(-1)?.body, {
    name: "ada",
    role: "admin",
    password: "a secret of some length",
  });
  const second = await run(["user", "add", "bob"], { "/users": [{ name: "ada" }] });
  assert.equal((second.asked.at(-1)?.body as { role: string }).role, "viewer");
});

Deno.test("passwords typed on a terminal are typed twice", async () => {
  const typed = ["one two three", "one two four"];
  const { status, err, asked } = await run(["user", "password", "ada"], {}, {
    terminal: true,
    secret: () => Promise.resolve(typed.shift() ?? ""),
  });
  assert.equal(status, 1);
  assert.match(err, /the two passwords are not the same/);
  assert.deepEqual(asked, []);
});

Deno.test("config set edits the text of the file, and tells what needs a restart", async () => {
  const { asked, out } = await run(["config", "set", "timeout=90", "tos=", "--comment=why"], {
    "/configuration/file": {
      version: "v1",
      revision: 7,
      changes: [{ name: "num-threads", before: "1", after: "2", live: false }],
    },
    "/configuration/proposal": { text: "T" },
  });
  assert.deepEqual(asked.map(({ method, path, body }) => [method, path, body]), [
    ["GET", "/configuration/file", undefined],
    [
      "POST",
      "/configuration/proposal",
      { changes: [{ name: "timeout", value: "90" }, { name: "tos" }] },
    ],
    ["PUT", "/configuration/file", { text: "T", version: "v1", comment: "why" }],
  ]);
  assert.match(out, /num-threads {2}1 {2}→ {2}2 {2}after a restart\napplied as revision 7/);
});

Deno.test("restore shows, asks, and does nothing without a yes", async () => {
  const answers = {
    "/restore/inspection": {
      host: "old",
      created: 0,
      product: "1",
      sealed: false,
      configuration: { changes: [{ name: "tos", before: "0", after: "184" }] },
    },
  };
  const no = await run(["restore", "b.json"], answers, { ask: () => Promise.resolve(undefined) });
  assert.equal(no.status, 1);
  assert.match(no.out, /made on old, 1970-01-01 00:00:00 UTC, rtpedge 1\n {2}tos: 0 → 184/);
  assert.equal(no.asked.length, 1);
  const yes = await run(["restore", "b.json", "--yes"], answers);
  assert.deepEqual(yes.asked.at(-1)?.body, {
    backup: "content of b.json",
    parts: ["configuration"],
  });
});

Deno.test("capture waits for the end and writes the file", async () => {
  const states = [{ id: "1" }, { id: "1", ended: 5, because: "time", packets: 3 }];
  const { written, out, asked } = await run(["capture", "a/b", "--seconds", "2"], {
    "/calls/a%2Fb/capture": { id: "1" },
    get "/captures/1"() {
      return states.shift();
    },
    "/captures/1/file": new Response(new Uint8Array([10, 13])),
  });
  assert.deepEqual(asked[0]?.body, { seconds: 2 });
  assert.deepEqual([...written], [["call-a_b.pcapng", new Uint8Array([10, 13])]]);
  assert.match(out, /3 packets; ended: time/);
});

Deno.test("nothing from a call reaches the terminal as a control sequence", async () => {
  const { out } = await run(["calls"], {
    "/calls?limit=500": {
      total: 1,
      calls: [{ id: "evil\x1b[2J\n", created: 0, state: "active", media: [] }],
    },
  });
  assert.match(out, /evil\\x1b\[2J\\x0a/);
});

Deno.test("words that are wrong are told with the usage; refusals with what to do", async () => {
  const cases: [string[], RegExp][] = [
    [["user", "add", "x", "king"], /"king" is not one of admin, operator, viewer\nusage: /],
    [["token", "add", "x"], /a scope is needed: ng, read, admin/],
    [["config", "set", "x"], /"x" is not NAME=VALUE/],
    [["capture"], /a call-id is needed/],
    [["logs", "--level", "loud"], /"loud" is not one of/],
    [["health", "--nonsense"], /there is no option --nonsense here/],
    [["watch", "--every", "0"], /--every is no number above 0/],
    [["status", "--url", "nowhere"], /"nowhere" is no URL/],
  ];
  for (const [args, expected] of cases) {
    const { status, err } = await run(args, { "/users": [] });
    assert.equal(status, 1, args.join(" "));
    assert.match(err, expected);
  }
  const refusal = Response.json(
    { error: { code: "x", message: "no", hint: "do it otherwise" } },
    { status: 409 },
  );
  const { status, err } = await run(["certificate", "remove"], { "/certificate": refusal });
  assert.deepEqual([status, err], [1, "rtpedge ctl: no\nwhat to do: do it otherwise\n"]);
});

Deno.test("commands of the admin API are none of the control tree, and all are in the help", () => {
  for (const { name } of CTL_COMMANDS) assert.equal(adminCommand(name), undefined, name);
  for (const { name } of ADMIN_COMMANDS) assert.ok(adminHelp().includes(`  ${name}`), name);
});

Deno.test("completion knows the commands of all tables, for each shell", () => {
  for (const shell of SHELLS) {
    const script = completionScript(shell, CTL_COMMANDS);
    for (const word of ["doctor", "support-bundle", "numsessions", "revoke"]) {
      assert.ok(script.includes(word), `${shell} ${word}`);
    }
  }
});

Deno.test("the completion of bash gives the words that may follow", async () => {
  const complete = async (...words: string[]) => {
    const more = ["update rollback", "update install FILE"];
    const script = `${completionScript("bash", CTL_COMMANDS, more)}
COMP_WORDS=(rtpedge ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}
_rtpedge; echo "\${COMPREPLY[@]}"`;
    const command = new Deno.Command("bash", { args: ["-c", script] });
    const { stdout } = await command.output();
    return new TextDecoder().decode(stdout).trim().split(" ");
  };
  assert.deepEqual(await complete("doc"), ["doctor"]);
  assert.deepEqual(await complete("ctl", "user", "re"), ["remove"]);
  assert.deepEqual(await complete("ctl", "list", "numse"), ["numsessions"]);
  assert.deepEqual(await complete("completion", "z"), ["zsh"]);
  assert.deepEqual(await complete("ctl", "upd"), ["update"]);
  assert.deepEqual(await complete("ctl", "update", "ro"), ["rollback"]);
});
