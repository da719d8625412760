/**
 * Times in the reader's zone, and durations that go on.
 *
 * @module
 */

import { duration, localTime, utc } from "../format.ts";
import { onContent } from "./refresh.ts";

/** Shows times; durations count from now on. */
export function start(): void {
  onContent((root) => {
    for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-time]")) {
      const at = Date.parse(element.dateTime);
      element.textContent = localTime(at, true);
      element.title = utc(at);
    }
  });
  setInterval(() => {
    for (const element of document.querySelectorAll<HTMLTimeElement>("time[data-since]")) {
      element.textContent = duration((Date.now() - Date.parse(element.dateTime)) / 1000);
    }
  }, 1000);
}
