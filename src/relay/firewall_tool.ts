/**
 * Starts the tools that keep firewall rules.
 *
 * @module
 */

import type { ToolResult, ToolRun } from "./firewall.ts";

/** Where they are, when the search path is not an administrator's. */
const PATHS = ["/usr/sbin", "/sbin"];

/** Starts a tool, hands it its input, waits for its end. Never rejects: what is wrong is in the result. */
export async function runTool({ program, args, input }: ToolRun): Promise<ToolResult> {
  try {
    const child = new Deno.Command(program, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      env: { PATH: [Deno.env.get("PATH"), ...PATHS].filter(Boolean).join(":") },
    }).spawn();
    const writer = child.stdin.getWriter();
    // a tool that ends early says why by itself
    const written = writer.write(new TextEncoder().encode(input))
      .then(() => writer.close()).catch(() => {});
    const { success, stdout, stderr } = await child.output();
    await written;
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { ok: success, output: success ? text(stdout) : text(stderr) + text(stdout) };
  } catch (error) {
    return { ok: false, output: error instanceof Error ? error.message : String(error) };
  }
}
