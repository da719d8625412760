/**
 * The navigation on narrow screens.
 *
 * @module
 */

/** Makes the button work. */
export function start(): void {
  const button = document.querySelector<HTMLButtonElement>("#menu");
  const side = document.querySelector<HTMLElement>("#side");
  if (button === null || side === null) return;
  const set = (open: boolean): void => {
    side.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
    if (open) side.querySelector("a")?.focus();
  };
  button.addEventListener("click", () => set(!side.classList.contains("open")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !side.classList.contains("open")) return;
    set(false);
    button.focus();
  });
  document.addEventListener("click", (event) => {
    const target = event.target as Node;
    if (!side.contains(target) && !button.contains(target)) set(false);
  });
}
