/**
 * What runs in the browser.
 *
 * @module
 */

import * as act from "./act.ts";
import * as menu from "./menu.ts";
import * as refresh from "./refresh.ts";
import * as theme from "./theme.ts";
import * as times from "./times.ts";

act.listen();
theme.start();
menu.start();
times.start();
refresh.start();
document.documentElement.dataset["ready"] = "true";
