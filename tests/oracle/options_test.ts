import assert from "node:assert/strict";
import { OPTION_NAMES, optionNamed } from "../../src/config/options.ts";
import { ensureOracle, oracleUnavailable } from "./mod.ts";

/** An option as the help of rtpengine shows it. */
interface Shown {
  readonly name: string;
  readonly short: string | undefined;
  readonly takesValue: boolean;
}

/** Flags in the help that do take a value: their help leaves out the argument. */
const SHOWN_WITHOUT_VALUE = new Set([
  "log-name",
  "log-mark-prefix",
  "log-mark-suffix",
  "dtmf-digit-delay",
]);

async function shownByOracle(): Promise<Shown[]> {
  const folder = await ensureOracle();
  const { stdout } = await new Deno.Command("chroot", {
    args: [folder, "rtpengine", "--help"],
    stdout: "piped",
  }).output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  return lines.flatMap((line) => {
    const match = /^ {2}(?:-(\w), )?--([a-z0-9-]+)(=\S+)?/.exec(line);
    if (match === null) return [];
    const [, short, name, value] = match;
    const takesValue = value !== undefined || SHOWN_WITHOUT_VALUE.has(name!);
    return [{ name: name!, short, takesValue }];
  });
}

const reason = oracleUnavailable();
if (reason !== undefined) {
  await Deno.stderr.write(
    new TextEncoder().encode(`options of rtpengine not compared: ${reason}\n`),
  );
}

Deno.test("the option table knows every option of rtpengine, its letter and its kind", {
  ignore: reason !== undefined,
}, async () => {
  const shown = await shownByOracle();
  assert.ok(shown.length > 150, `only ${shown.length} options were found in rtpengine's help`);
  const table = new Map<string, Shown>(OPTION_NAMES.map((name) => {
    const { short, flag } = optionNamed(name);
    return [name, { name, short, takesValue: !flag }];
  }));
  const differing = shown.filter(({ name, short, takesValue }) => {
    const own = table.get(name);
    return own === undefined || own.short !== short || own.takesValue !== takesValue;
  });
  assert.deepEqual(differing, []);
});

Deno.test("letters of the option table mean the same to rtpengine", {
  ignore: reason !== undefined,
}, async () => {
  const letters = new Map((await shownByOracle()).map(({ short, name }) => [short, name]));
  for (const name of OPTION_NAMES) {
    const { short } = optionNamed(name);
    if (short !== undefined) assert.equal(letters.get(short), name, `-${short}`);
  }
});
