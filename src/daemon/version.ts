/**
 * The version, from deno.json.
 *
 * @module
 */

import manifest from "../../deno.json" with { type: "json" };

/** Version of the product, as in deno.json. */
export const VERSION: string = manifest.version;
