/**
 * Short messages in the corner, read aloud where somebody listens.
 *
 * @module
 */

const SHOWN_MS = 6000;

/** Says something. */
export function say(text: string): void {
  const place = document.querySelector("#said");
  if (place === null) return;
  const line = document.createElement("p");
  line.textContent = text;
  place.append(line);
  setTimeout(() => line.remove(), SHOWN_MS);
}
