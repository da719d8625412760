/**
 * Small programs with a relay in them, run as processes of their own.
 *
 * @module
 */

/** How a program ended. */
export interface Outcome {
  /** Exit code, -1 when a signal ended it. */
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/**
 * Runs a program that begins with `engine` and `controlSockets` of a new relay. It has `createSocket`,
 * `startNativeRelay` and `stdout(text)`.
 */
export async function runProgram(body: string): Promise<Outcome> {
  const mod = new URL("../../src/relay/mod.ts", import.meta.url).href;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      file,
      `import { startNativeRelay } from "${mod}";
       import { createSocket } from "node:dgram";
       const stdout = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(text));
       const { engine, controlSockets } = startNativeRelay({
         mode: "sockets", maxSlots: 8, puntRate: 1_000_000,
       });
       ${body}`,
    );
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", `--config=${config}`, file],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
    const { code, signal, stdout, stderr } = await child.output();
    clearTimeout(timer);
    const text = new TextDecoder();
    return {
      code: signal === null ? code : -1,
      output: text.decode(stdout),
      errors: text.decode(stderr),
    };
  } finally {
    await Deno.remove(file);
  }
}
