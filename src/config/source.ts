/**
 * Where a value came from.
 *
 * @module
 */

/** The origin of an option's value. */
export type Source =
  | { readonly kind: "default" }
  /** The free-standing configuration of the `start` command. */
  | { readonly kind: "embedded" }
  | { readonly kind: "file"; readonly path: string; readonly line: number }
  | { readonly kind: "environment"; readonly variable: string }
  /** `as` is how the option was written: `--port-min` or `-m`. */
  | { readonly kind: "command line"; readonly as: string };

/** The texts given for one option by one source, not yet read. */
export interface Given {
  /** Long name of the option. */
  readonly name: string;
  /** One text, or the items of a list. */
  readonly texts: readonly string[];
  /** Where they were given. */
  readonly source: Source;
}

/** `-m on the command line`, `/etc/x.conf:12`, `RTPEDGE_PORT_MIN in the environment`. */
export function formatSource(source: Source): string {
  switch (source.kind) {
    case "default":
      return "default";
    case "embedded":
      return "embedded configuration";
    case "file":
      return `${source.path}:${source.line}`;
    case "environment":
      return `${source.variable} in the environment`;
    case "command line":
      return `${source.as} on the command line`;
  }
}
