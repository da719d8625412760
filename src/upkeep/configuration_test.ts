import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import { ConfigurationFile, type ConfigurationParts, type Reading } from "./configuration.ts";
import { UpkeepError } from "./error.ts";
import { ConfigurationHistory, REVISIONS_KEPT } from "./history.ts";

const PATH = "/etc/x.conf";

/** Options are `timeout`, `interface` and `janus-secret`; `bad` is an error. */
function read(text: string): Promise<Reading> {
  const value = (name: string) => new RegExp(`^${name} = (.*)$`, "m").exec(text)?.[1] ?? "";
  const errors = value("bad") === "" ? [] : ["bad: this is no option"];
  const options = ["timeout", "interface", "janus-secret"].map((name) =>
    [name, value(name)] as const
  );
  return Promise.resolve({
    errors,
    warnings: value("odd") === "" ? [] : ["odd"],
    options: errors.length > 0 ? undefined : new Map(options),
  });
}

class Rig implements Disposable {
  readonly files = new Map<string, string>([[PATH, "[rtpengine]\ntimeout = 60\n"]]);
  readonly history = ConfigurationHistory.inMemory();
  readonly clock = new FakeClock();
  options: Reading["options"];
  reloads = 0;
  refuse: string | undefined;
  readonly file: ConfigurationFile;

  static async open(change: Partial<ConfigurationParts> = {}): Promise<Rig> {
    const { options } = await read("[rtpengine]\ntimeout = 60\n");
    return new Rig(options!, change);
  }

  constructor(atStart: NonNullable<Reading["options"]>, change: Partial<ConfigurationParts>) {
    this.options = atStart;
    this.file = new ConfigurationFile({
      path: PATH,
      section: "rtpengine",
      read,
      inEffect: () => this.options!,
      atStart,
      reload: async () => {
        this.reloads++;
        if (this.refuse !== undefined) return this.refuse;
        this.options = (await read(this.files.get(PATH)!)).options;
        return undefined;
      },
      history: this.history,
      clock: this.clock,
      files: {
        read: (path) => this.files.get(path),
        write: (path, text) => void this.files.set(path, text),
        readOnly: () => undefined,
      },
      ...change,
    });
  }

  [Symbol.dispose](): void {
    this.history[Symbol.dispose]();
  }
}

Deno.test("a proposal says what would change and whether a restart is due, and changes nothing", async () => {
  using rig = await Rig.open();
  const before = rig.files.get(PATH);
  const { text, errors, changes, lines } = await rig.file.propose(
    undefined,
    new Map([["timeout", "90"], ["interface", "any"], ["janus-secret", "s3cret"]]),
  );
  assert.deepEqual(errors, []);
  assert.deepEqual(changes, [
    { name: "timeout", before: "60", after: "90", live: true },
    { name: "interface", before: "", after: "any", live: false },
    { name: "janus-secret", before: "", after: "***", live: false },
  ]);
  assert.deepEqual(lines.map(({ kind }) => kind), ["same", "removed", "added", "added", "added"]);
  assert.match(text, /^\[rtpengine\]\ntimeout = 90\n/);
  assert.equal(rig.files.get(PATH), before);
  assert.equal(rig.reloads, 0);
});

Deno.test("a configuration is applied, kept in the history, and can be taken back", async () => {
  using rig = await Rig.open();
  const { version } = rig.file.current();
  const { changes, revision } = await rig.file.apply(
    "[rtpengine]\ntimeout = 90\ninterface = any\n",
    version,
    "user ada",
    "longer",
  );
  assert.equal(changes.length, 2);
  assert.deepEqual(rig.file.current().pending, ["interface"]);
  const [last, first] = rig.file.history();
  assert.deepEqual([last?.actor, last?.comment, last?.number], ["user ada", "longer", revision]);
  assert.deepEqual([first?.actor, first?.text], ["", "[rtpengine]\ntimeout = 60\n"]);
  const back = rig.file.revision(first!.number);
  await rig.file.apply(back.text, rig.file.current().version, "user ada", "back");
  assert.equal(rig.files.get(PATH), "[rtpengine]\ntimeout = 60\n");
  assert.deepEqual(rig.file.current().pending, []);
  assert.throws(() => rig.file.revision(99), /there is no revision 99/);
});

Deno.test("a configuration that is wrong, outdated or cannot take effect leaves the file as it was", async () => {
  using rig = await Rig.open();
  const before = rig.files.get(PATH);
  const { version } = rig.file.current();
  const apply = (text: string, of = version) => rig.file.apply(text, of, "x", "");
  await assert.rejects(apply("[rtpengine]\nbad = 1\n"), /bad: this is no option/);
  await assert.rejects(apply("[rtpengine]\n", "other"), /has changed since it was read/);
  rig.refuse = "https-cert: x cannot be read";
  await assert.rejects(apply("[rtpengine]\ntimeout = 1\n"), (error) => {
    assert.ok(error instanceof UpkeepError);
    assert.equal(error.problem, "conflict");
    assert.match(error.message, /cannot be put into effect: https-cert: x cannot be read/);
    return true;
  });
  assert.equal(rig.files.get(PATH), before);
  assert.equal(rig.history.list().length, 1);
  await assert.rejects(rig.file.set(new Map([["timeout", "1\n[x]"]]), "x", ""), /one line/);
});

Deno.test("two changes at once do not mix", async () => {
  using rig = await Rig.open();
  const { version } = rig.file.current();
  const results = await Promise.allSettled(
    [1, 2].map((n) => rig.file.apply(`[rtpengine]\ntimeout = ${n}\n`, version, "x", "")),
  );
  assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
});

Deno.test("a file that cannot be written is shown and told", async () => {
  using none = await Rig.open({ path: undefined });
  assert.match(none.file.current().readOnly ?? "", /config-file=none/);
  await assert.rejects(
    none.file.apply("[rtpengine]\n", none.file.current().version, "x", ""),
    /cannot be written: the program was started with config-file=none/,
  );
});

Deno.test("the history is bounded", () => {
  using history = ConfigurationHistory.inMemory();
  for (let i = 0; i < REVISIONS_KEPT + 20; i++) {
    history.add({ at: i, actor: "", comment: "", text: `${i}` });
  }
  assert.equal(history.list().length, REVISIONS_KEPT);
  assert.equal(history.last()?.text, `${REVISIONS_KEPT + 19}`);
  assert.equal(history.get(1), undefined);
});
