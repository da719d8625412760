/**
 * Writes `src/web/dashboard/assets.gen.ts`: the dashboard's script, style and icon as text, each with a
 * digest, or checks that it is up to date.
 *
 * Usage: deno run -A tools/gen_assets.ts [--check]
 *
 * @module
 */

import { createHash } from "node:crypto";
import { writeGenerated } from "./generated.ts";
import { deno, root, run } from "./proc.ts";

const FOLDER = "src/web/dashboard";
/** In the order in which rules override each other. */
const STYLES: readonly string[] = ["base", "frame", "parts", "chart", "pages", "upkeep"];

async function script(): Promise<string> {
  const target = await Deno.makeTempFile({ prefix: "rtpedge-assets-", suffix: ".js" });
  try {
    const outcome = await run([
      deno,
      "bundle",
      "--quiet",
      "--minify",
      "--platform=browser",
      `--output=${target}`,
      `${root}/${FOLDER}/browser/main.ts`,
    ], { show: false, cwd: root });
    if (outcome.code !== 0) throw new Error(`deno bundle failed:\n${outcome.output}`);
    return await Deno.readTextFile(target);
  } finally {
    await Deno.remove(target);
  }
}

async function style(): Promise<string> {
  const parts = await Promise.all(
    STYLES.map((name) => Deno.readTextFile(`${root}/${FOLDER}/style/${name}.css`)),
  );
  // indentation, line ends and comments are two fifths of it; nothing else is touched
  return parts.join("").replaceAll(/\/\*.*?\*\//gs, "").replaceAll(/\n\s*/g, "\n")
    .replaceAll(/([{;,])\n/g, "$1").replaceAll(/\n+/g, "\n").trim();
}

function asset(type: string, text: string): string {
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return JSON.stringify({ type, digest, text });
}

const icon = (await Deno.readTextFile(`${root}/${FOLDER}/style/icon.svg`)).trim();
await writeGenerated(
  `${FOLDER}/assets.gen.ts`,
  `/**
 * Made by tools/gen_assets.ts (\`deno task docs\`) from \`browser\` and \`style\`; do not edit.
 *
 * @module
 */

/** Files that pages refer to. */
export const ASSETS = {
  "app.js": ${asset("text/javascript; charset=utf-8", await script())},
  "style.css": ${asset("text/css; charset=utf-8", await style())},
  "icon.svg": ${asset("image/svg+xml", icon)},
} as const;
`,
);
