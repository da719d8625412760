/**
 * Takes PromQL expressions apart as far as the dashboard uses it: selectors, aggregations, rates.
 *
 * @module
 */

/** One selector in an expression. */
export interface Selector {
  readonly metric: string;
  /** Label matchers. */
  readonly matchers: readonly {
    readonly label: string;
    readonly op: string;
    readonly value: string;
  }[];
  /** Text between the brackets; undefined for an instant selector. */
  readonly range: string | undefined;
  /** Function whose direct argument it is; undefined = none. */
  readonly inside: string | undefined;
}

/** An expression in parts. */
export interface Expression {
  readonly selectors: readonly Selector[];
  /** Label lists of `by`. */
  readonly groupings: readonly (readonly string[])[];
  /** Functions and aggregations used. */
  readonly functions: ReadonlySet<string>;
}

const SELECTOR = /(?:(\w+)\(\s*)?\b((?:rtpengine|rtpedge)_\w+)(?:\{([^}]*)\})?(?:\[([^\]]*)\])?/g;
const MATCHER = /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g;

/** Takes an expression apart. @throws Error when something is left that is not understood */
export function parseExpression(text: string): Expression {
  const groupings: string[][] = [];
  const functions = new Set<string>();
  const selectors = [...text.matchAll(SELECTOR)].map((match): Selector => ({
    inside: match[1],
    metric: match[2]!,
    matchers: [...(match[3] ?? "").matchAll(MATCHER)].map(([, label, op, value]) => ({
      label: label!,
      op: op!,
      value: value!,
    })),
    range: match[4],
  }));
  const rest = text
    .replace(SELECTOR, (_, name?: string) => name === undefined ? "S" : `${name}(S`)
    .replace(/\bby \(([^)]*)\)/g, (_, labels: string) => {
      groupings.push(labels.split(",").map((label) => label.trim()));
      return "";
    })
    .replace(/\b([a-z_]+)\s*\(/g, (_, name: string) => {
      functions.add(name);
      return "(";
    });
  if (!/^[S\s()\d./*+><-]*$/.test(rest)) {
    throw new Error(`Not understood in "${text}": ${rest}`);
  }
  const depth = [...rest].reduce(
    (sum, char) => sum + (char === "(" ? 1 : char === ")" ? -1 : 0),
    0,
  );
  if (depth !== 0) throw new Error(`Unbalanced parentheses in "${text}"`);
  return { selectors, groupings, functions };
}
