/**
 * The fields of a form as JSON.
 *
 * @module
 */

/**
 * The body a form describes. Empty fields are left out; checkboxes of one name with a value become a list,
 * those without one true or false; `data-kind` says what else is no text. A form with a file is that file.
 *
 * @throws Error when fields contradict each other
 */
export function bodyOf(form: HTMLFormElement): unknown {
  const body: Record<string, unknown> = {};
  for (const element of form.elements) {
    if (element instanceof HTMLInputElement && element.type === "file") {
      const file = element.files?.[0];
      if (file !== undefined) return file;
    }
    if (isField(element) && element.name !== "" && !element.disabled) add(body, element);
  }
  if (typeof body["again"] === "string") {
    if (body["again"] !== body["password"]) throw new Error("the two passwords are not the same");
    delete body["again"];
  }
  return body;
}

type AnyField = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function isField(element: Element): element is AnyField {
  return element instanceof HTMLInputElement || element instanceof HTMLSelectElement ||
    element instanceof HTMLTextAreaElement;
}

function add(body: Record<string, unknown>, field: AnyField): void {
  const { name, value } = field;
  if (field instanceof HTMLInputElement && field.type === "checkbox") {
    if (!field.hasAttribute("value")) {
      body[name] = field.checked;
      return;
    }
    const list = (body[name] ??= []) as string[];
    if (field.checked) list.push(value);
    return;
  }
  if (field instanceof HTMLInputElement && field.type === "radio" && !field.checked) return;
  if (value === "") return;
  switch (field.dataset["kind"]) {
    case "number":
      body[name] = Number(value);
      break;
    case "boolean":
      body[name] = value === "true";
      break;
    case "lines":
      body[name] = value.split("\n").map((line) => line.trim()).filter((line) => line !== "");
      break;
    case "time":
      body[name] = new Date(value).getTime();
      break;
    default:
      body[name] = value;
  }
}
