/**
 * What runs in the browser.
 *
 * @module
 */

import * as act from "./act.ts";
import * as download from "./download.ts";
import * as ngConsole from "./console.ts";
import * as filter from "./filter.ts";
import * as live from "./live.ts";
import * as logs from "./logs.ts";
import * as menu from "./menu.ts";
import * as overview from "./overview.ts";
import * as refresh from "./refresh.ts";
import * as security from "./security.ts";
import * as system from "./system.ts";
import * as theme from "./theme.ts";
import * as times from "./times.ts";

act.listen();
theme.start();
menu.start();
times.start();
refresh.start();
live.start();
overview.start();
filter.start();
ngConsole.start();
download.start();
logs.start();
security.start();
system.start();
performance.mark("ready");
document.documentElement.dataset["ready"] = "true";
