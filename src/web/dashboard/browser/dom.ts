/**
 * Elements made in the browser: text never becomes markup.
 *
 * @module
 */

/** An element with a class and children; texts are taken as text. */
export function element(
  name: string,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElement {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
}

/** The element of an id, if it is of this kind. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T | undefined {
  const found = document.getElementById(id);
  return found instanceof kind ? found : undefined;
}

/** Shows what went wrong in the place a form has for it; nothing hides the place. */
export function showError(form: Element | undefined, text: string | undefined): void {
  const place = form?.querySelector<HTMLElement>("[data-error]");
  if (place === null || place === undefined) return;
  place.textContent = text ?? "";
  place.hidden = text === undefined;
}
