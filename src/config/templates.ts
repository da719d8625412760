/**
 * Signalling templates: the section of the configuration file whose keys name flag strings.
 *
 * @module
 */

import { type ByteString, fromText } from "../core/bytes.ts";
import type { Ini } from "./ini.ts";

/** Flag strings by name. */
export type Templates = ReadonlyMap<ByteString, ByteString>;

/**
 * Reads the section; warns when there is none.
 *
 * @param section its name; undefined = no templates
 * @param path name of the file, for messages
 */
export function readTemplates(
  section: string | undefined,
  ini: Ini | undefined,
  path: string | undefined,
  warnings: string[],
): Templates {
  const templates = new Map<ByteString, ByteString>();
  if (section === undefined || section === "") return templates;
  const found = ini?.sections.get(section);
  if (found === undefined) {
    warnings.push(
      ini === undefined
        ? `templates: there is no configuration file to take [${section}] from`
        : `templates: ${path} has no section [${section}]`,
    );
  }
  for (const [name, { value }] of found?.entries ?? []) {
    templates.set(fromText(name), fromText(value));
  }
  return templates;
}
