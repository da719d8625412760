/**
 * Emulated machines of which only the console matters.
 *
 * @module
 */

/** Debian packages with which boards for arm64 are emulated: only long runs need them. */
export const ARM_PACKAGES: readonly string[] = [
  "qemu-system-arm",
  "qemu-efi-aarch64",
  "u-boot-qemu",
];

/**
 * Starts a machine and waits for what it shows.
 *
 * @returns its console up to there
 * @throws Error with the end of the console when it does not come in time
 */
export async function consoleUntil(
  argv: readonly string[],
  pattern: RegExp,
  seconds: number,
): Promise<string> {
  const [program, ...args] = argv;
  const child = new Deno.Command(program!, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
    signal: AbortSignal.timeout(seconds * 1000),
  }).spawn();
  let text = "";
  try {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (pattern.test(text)) return text;
    }
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await child.status;
  }
  throw new Error(`the machine ended without ${pattern} on its console:\n${text.slice(-3000)}`);
}
