/**
 * rtpedge: a media proxy driven over the ng protocol.
 *
 * `rtpedge [OPTION…]` runs the daemon, `rtpedge start` runs it on embedded defaults, `rtpedge ctl COMMAND…`
 * talks to one that runs.
 *
 * @module
 */

import { main } from "./src/program.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));
