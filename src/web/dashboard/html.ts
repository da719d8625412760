/**
 * Markup as values: whatever is put into a template is escaped unless it is markup itself.
 *
 * @module
 */

/** Markup. Only {@link html} and {@link constantMarkup} make it. */
export class Html {
  readonly #text: string;

  /** Takes text that is markup already; use {@link html}. */
  constructor(text: string) {
    this.#text = text;
  }

  /** The markup as text. */
  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template; nothing is shown for undefined, null and false. */
export type Content = Html | string | number | undefined | null | false | readonly Content[];

/** Markup from a template; attributes must be in double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = strings[0] ?? "";
  for (const [i, value] of values.entries()) text += textOf(value) + (strings[i + 1] ?? "");
  return new Html(text);
}

/** Markup that is part of the program: icons. Never what came from outside. */
export function constantMarkup(text: string): Html {
  return new Html(text);
}

/** Attributes, each with a space before it; `true` is one without a value, undefined and false are left out. */
export function attributes(
  values: Readonly<Record<string, string | number | boolean | undefined>>,
): Html {
  let text = "";
  for (const [name, value] of Object.entries(values)) {
    if (!/^[a-z][a-z0-9-]*$/i.test(name)) throw new TypeError(`${name} is no name of an attribute`);
    if (value === undefined || value === false) continue;
    text += value === true ? ` ${name}` : ` ${name}="${escape(String(value))}"`;
  }
  return new Html(text);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"'`]/g, (character) => ENTITIES[character]!);
}

function textOf(value: Content): string {
  if (value instanceof Html) return value.toString();
  if (value === undefined || value === null || value === false) return "";
  return typeof value === "object" ? value.map(textOf).join("") : escape(String(value));
}
