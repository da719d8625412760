/**
 * A question with yes and no.
 *
 * @module
 */

/** What is asked. */
export interface Question {
  /** The question. */
  readonly title: string;
  /** What comes of it. */
  readonly detail: string;
  /** On the button that does it. */
  readonly yes: string;
  /** It cannot be undone. */
  readonly danger: boolean;
}

/** Asks; the answer is no unless the button is pressed. */
export function confirm({ title, detail, yes, danger }: Question): Promise<boolean> {
  const dialog = document.createElement("dialog");
  const heading = document.createElement("h2");
  heading.id = "question";
  heading.textContent = title;
  const text = document.createElement("p");
  text.id = "question-detail";
  text.textContent = detail;
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "actions";
  form.append(
    choice("Cancel", "no", "button plain"),
    choice(yes, "yes", `button ${danger ? "danger" : "primary"}`),
  );
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.append(heading);
  if (detail !== "") {
    dialog.setAttribute("aria-describedby", text.id);
    dialog.append(text);
  }
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

function choice(text: string, value: string, classes: string): HTMLButtonElement {
  const button = document.createElement("button");
  button.value = value;
  button.className = classes;
  button.textContent = text;
  return button;
}
