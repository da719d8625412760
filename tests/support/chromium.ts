/**
 * How every Chromium of the tests is started.
 *
 * @module
 */

/** No window, no first steps, nothing asked of its maker; commands come through a pipe. */
export const CHROMIUM_SWITCHES: readonly string[] = [
  "--headless=new",
  "--remote-debugging-pipe",
  "--no-sandbox",
  "--no-first-run",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-extensions",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
