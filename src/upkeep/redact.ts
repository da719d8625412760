/**
 * Takes secrets out of texts that leave the host: support bundles, backups without secrets.
 *
 * @module
 */

import { isOptionName, optionNamed } from "../config/mod.ts";

/** What stands where a secret was. */
export const REDACTED = "***";

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  [/rtpe_[0-9a-f]{12}_[A-Za-z0-9_-]{43}/g, `rtpe_${REDACTED}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${REDACTED}`],
  [/(__Host-rtpedge=)[A-Za-z0-9_-]+/g, `$1${REDACTED}`],
  [/([a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*):[^\s/@"']*@/gi, `$1:${REDACTED}@`],
  [/\binline:[A-Za-z0-9+/=]{16,}/g, `inline:${REDACTED}`],
  [/(ice-pwd[:=]\s*)\S+/gi, `$1${REDACTED}`],
  [/scrypt\$[\w$-]+/g, REDACTED],
  [
    /((?:pass(?:word|wd|phrase)?|secret|token|authorization|(?:srtp|sdes|master).?key)"?\s*[=:]\s*)("[^"\n]*"|[^\s,;&"]+)/gi,
    `$1${REDACTED}`,
  ],
];

/** A text without anything that looks like a secret. */
export function redact(text: string): string {
  return PATTERNS.reduce((result, [pattern, by]) => result.replaceAll(pattern, by), text);
}

/** A configuration file without secrets: their values are {@link REDACTED}. */
export function redactConfiguration(text: string): string {
  return text.split("\n").map((line) => {
    const [, head, value] = /^(\s*#?\s*[^=\s]+\s*=)(.*)$/.exec(line) ?? [];
    if (head === undefined || value?.trim() === "") return line;
    const name = head.replace(/[#=\s]/g, "");
    if (isOptionName(name) && optionNamed(name).secret) return `${head} ${REDACTED}`;
    return head + redact(value ?? "");
  }).join("\n");
}

/**
 * Puts secrets back that a backup has left out: what is {@link REDACTED} is taken from the present file.
 *
 * @returns the text, and the options whose secrets are not known
 */
export function withSecretsOf(
  text: string,
  present: string,
): { readonly text: string; readonly missing: readonly string[] } {
  const known = new Map<string, string>();
  for (const line of present.split("\n")) {
    const [, name, value] = /^\s*([^=\s#]+)\s*=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) known.set(name, value);
  }
  const missing: string[] = [];
  const lines = text.split("\n").map((line) => {
    const [, head, name] = /^(\s*([^=\s#]+)\s*=)(?=.*\*\*\*)/.exec(line) ?? [];
    if (head === undefined || name === undefined) return line;
    const value = known.get(name);
    if (value !== undefined && redactConfiguration(`${name} =${value}`).includes(REDACTED)) {
      return head + value;
    }
    missing.push(name);
    return `# ${line}`;
  });
  return { text: lines.join("\n"), missing };
}
