/**
 * Light and dark: as the system has it until the reader chooses.
 *
 * @module
 */

const YEAR = 31_536_000;

/** Makes the button work. */
export function start(): void {
  document.querySelector("#theme")?.addEventListener("click", () => {
    const chosen = document.documentElement.dataset["theme"];
    const dark = chosen === undefined
      ? matchMedia("(prefers-color-scheme: dark)").matches
      : chosen === "dark";
    const next = dark ? "light" : "dark";
    document.documentElement.dataset["theme"] = next;
    document.cookie = `rtpedge-theme=${next}; Path=/ui; Max-Age=${YEAR}; SameSite=Strict`;
  });
}
