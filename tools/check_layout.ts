/**
 * Checks the shape of the tree: file lengths, module headers, a public face in every folder of `src/`,
 * licence lines in C files, and that no registry or mirror is named.
 *
 * Usage: deno run -A tools/check_layout.ts
 *
 * @module
 */

import { root, run, say } from "./proc.ts";

const MAX_LINES = 600;
/** Tables and vectors: one fact a line. */
const TABLES = /(options_|_table|vectors|dialogues\/|schema_|\.gen\.ts)/;
const HOST = new RegExp(
  ["(registry\\.npm" + "js|deb\\.deb" + "ian\\.org|dl\\.deno\\.l" + "and)"].join(""),
);

/** All complaints about the files of the tree. */
export async function checkLayout(): Promise<string[]> {
  const complaints: string[] = [];
  const { output } = await run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], {
    show: false,
    cwd: root,
  });
  const files = output.split("\n").filter((name) => /\.(ts|c|h|sh|md|json)$/.test(name));
  const folders = new Set<string>();
  for (const name of files) {
    const text = await Deno.readTextFile(`${root}/${name}`).catch(() => undefined);
    if (text === undefined) continue;
    const lines = text.split("\n").length;
    const isCode = /\.(ts|c|h)$/.test(name);
    if (isCode && lines > MAX_LINES && !TABLES.test(name)) {
      complaints.push(`${name}: ${lines} lines, more than ${MAX_LINES}; split it by concern`);
    }
    if (
      /^(src|tools)\/.*\.ts$/.test(name) && !/_test\.ts$/.test(name) &&
      !/@module/.test(text.slice(0, 1500))
    ) {
      complaints.push(`${name}: no module comment with @module at the top`);
    }
    if (/^(ffi|kernel)\/.*\.[ch]$/.test(name) && !text.includes("SPDX-License-Identifier")) {
      complaints.push(`${name}: no SPDX-License-Identifier line`);
    }
    if (HOST.test(text) && name !== "tools/check_layout.ts") {
      complaints.push(`${name}: names a registry or mirror host`);
    }
    const folder = /^src\/([^/]+)\//.exec(name)?.[1];
    if (folder !== undefined) folders.add(folder);
  }
  for (const folder of folders) {
    if (folder !== "core" && !files.includes(`src/${folder}/mod.ts`)) {
      complaints.push(`src/${folder}: no mod.ts, its public face`);
    }
  }
  return complaints;
}

if (import.meta.main) {
  const complaints = await checkLayout();
  for (const complaint of complaints) say(complaint);
  if (complaints.length > 0) Deno.exit(1);
}
