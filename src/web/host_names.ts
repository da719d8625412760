/**
 * Which Host headers name us. A page whose name was made to lead to our address (DNS rebinding) has the
 * browser's trust for that name, but the name is not ours.
 *
 * @module
 */

import { canonicalIp } from "../core/ip.ts";

/**
 * A check of Host headers: addresses, `localhost` and the given names are ours, and so is none at all, which
 * HTTP/1.0 may do and browsers never.
 *
 * @param names host names, in any case
 */
export function hostCheck(names: readonly string[]): (host: string | undefined) => boolean {
  const known = new Set(["localhost", ...names].map(plain));
  return (host) => {
    if (host === undefined) return true;
    const name = nameOf(host);
    return name !== undefined && (known.has(name) || canonicalIp(name) !== undefined);
  };
}

/** The name in `NAME`, `NAME:PORT` or `[ADDRESS]:PORT`; undefined = is none. */
function nameOf(host: string): string | undefined {
  const [, bracketed, name] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:\[\]@/]+))(?::\d{1,5})?$/.exec(host) ??
      [];
  return bracketed ?? (name === undefined ? undefined : plain(name));
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
