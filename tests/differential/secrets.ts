/**
 * Names for what an implementation makes up at random: keys, credentials, identifiers. The same value has the
 * same name throughout a dialogue, so that it shows when one changes and when it stays.
 *
 * @module
 */

/** An attribute with a made-up part. */
interface Secret {
  /** What stands before it; the first group is kept. */
  readonly pattern: RegExp;
  /** What it is called. */
  readonly name: string;
}

const SECRETS: readonly Secret[] = [
  { pattern: /^(a=crypto:.*?inline:)([^| ]+)/, name: "key" },
  { pattern: /^(a=ice-ufrag:)(\S+)/, name: "ufrag" },
  { pattern: /^(a=ice-pwd:)(\S+)/, name: "pwd" },
  { pattern: /^(a=fingerprint:\S+ )(\S+)/, name: "digest" },
  { pattern: /^(a=tls-id:)(\S+)/, name: "tls-id" },
  { pattern: /^(a=candidate:)(\S+)/, name: "foundation" },
];

/** Kinds whose lengths are for each implementation to choose. */
const ANY_LENGTH = new Set(["foundation"]);

/** Names within one dialogue. */
export class SecretNames {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /**
   * A line of a description with its made-up parts named.
   *
   * @param told all that the implementation was told: what stands there was not made up
   */
  replaceIn(line: string, told: string): string {
    for (const { pattern, name } of SECRETS) {
      const found = pattern.exec(line);
      if (found === null || told.includes(found[0])) continue;
      const [all, before = "", value = ""] = found;
      // a key may come from another line of its own
      if (name === "key" && told.includes(`inline:${value}`)) continue;
      return before + this.#name(name, value) + line.slice(all.length);
    }
    return line;
  }

  #name(kind: string, value: string): string {
    const known = this.#names.get(`${kind} ${value}`);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const length = ANY_LENGTH.has(kind) ? "" : ` of ${value.length}`;
    const name = `<${kind} ${count}${length}>`;
    this.#names.set(`${kind} ${value}`, name);
    return name;
  }
}
