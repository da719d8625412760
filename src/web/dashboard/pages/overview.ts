/**
 * How it is going, at a glance.
 *
 * @module
 */

import { card, stat, stats } from "../components.ts";
import { bitRate, count } from "../format.ts";
import { html } from "../html.ts";
import type { Page } from "../page.ts";

/** `/ui/`. */
export const OVERVIEW_PAGE: Page = {
  path: "/",
  section: "overview",
  needs: "read",
  render({ services }) {
    const { calls, rates } = services.status();
    return {
      title: "Overview",
      body: html`${
        card({
          title: "Now",
          wide: true,
          body: stats(
            stat({ label: "Calls", value: count(calls.own + calls.foreign), live: "calls" }),
            stat({ label: "Packets per second", value: count(rates.packets), live: "packets" }),
            stat({ label: "Bit rate", value: bitRate(rates.bytes), live: "bitrate" }),
          ),
        })
      }`,
    };
  },
};
