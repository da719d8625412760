/**
 * The parts that pages are made of.
 *
 * @module
 */

import { duration, utc } from "./format.ts";
import { attributes, type Content, type Html, html } from "./html.ts";
import { icon } from "./icons.ts";

/** How well something is; each has a colour, an icon and a word. */
export type Level = "ok" | "note" | "warning" | "problem";

/** A word with a colour and, for levels, an icon. */
export function badge(kind: Level | "neutral", text: Content): Html {
  const sign = kind === "neutral" ? undefined : icon(kind);
  return html`<span class="badge ${kind}">${sign}${text}</span>`;
}

/** What {@link card} is given. */
export interface Card {
  /** Heading. */
  readonly title: string;
  /** What is in it. */
  readonly body: Content;
  /** Right of the heading. */
  readonly actions?: Content;
  /** For {@link Card.refresh} and for links. */
  readonly id?: string;
  /** Fetched again this often, in seconds; needs an id. */
  readonly refresh?: number;
  /** As wide as the page. */
  readonly wide?: boolean;
}

/** A part of a page with a heading. */
export function card({ title, body, actions, id, refresh, wide }: Card): Html {
  const more = attributes({
    id,
    "data-refresh": refresh,
    class: wide === true ? "card wide" : "card",
  });
  return html`<section${more}><header><h2>${title}</h2>${
    actions === undefined ? undefined : html`<div class="actions">${actions}</div>`
  }</header>${body}</section>`;
}

/** What {@link stat} is given. */
export interface Stat {
  readonly label: string;
  readonly value: Content;
  /** Name of the live value that replaces it every second. */
  readonly live?: string;
  /** Below the number. */
  readonly note?: Content;
  /** Name of the live value that replaces the note. */
  readonly liveNote?: string;
}

/** A number that matters. */
export function stat({ label, value, live, note, liveNote }: Stat): Html {
  return html`
    <div class="stat">
      <dt>${label}</dt>
      <dd><span class="number"${attributes({
        "data-live": live,
      })}>${value}</span>${note === undefined ? undefined : html`
        <span class="note" ${attributes({ "data-live": liveNote })}>${note}</span>
      `}</dd>
    </div>
  `;
}

/** Numbers that matter, side by side. */
export function stats(...items: readonly Html[]): Html {
  return html`<dl class="stats">${items}</dl>`;
}

/** A column of a {@link table}. */
export interface Column {
  /** Heading. */
  readonly label: Content;
  /** Numbers stand right. */
  readonly numeric?: boolean;
  /** Left out on narrow screens. */
  readonly minor?: boolean;
  /** The heading is a link that sorts; `minor` columns settle ties. */
  readonly sort?: {
    readonly href: string;
    readonly order: "ascending" | "descending" | "none";
    readonly minor?: boolean;
  };
}

/** What {@link table} is given. */
export interface Table {
  /** For those who do not see it. */
  readonly caption: string;
  readonly columns: readonly Column[];
  /** Cells of each row; the first is its heading. */
  readonly rows: readonly (readonly Content[])[];
  /** Shown in place of a table without rows. */
  readonly empty: Content;
}

/** Tables with more columns become cards on narrow screens. */
const MAX_NARROW = 2;

/**
 * A table; wide ones scroll on their own, and become cards where there is no room: a row is a card with
 * the labels in front. Roles are spelled out, browsers forget them with such a layout.
 */
export function table({ caption, columns, rows, empty }: Table): Html {
  if (rows.length === 0) return html`${empty}`;
  const body = rows.map((cells) =>
    html`<tr role="row">${cells.map((cell, i) => cellOf(columns[i]!, cell, i === 0))}</tr>`
  );
  const kind = columns.length > MAX_NARROW ? "table rows" : "table";
  return html`
    <div class="${kind}" role="region" aria-label="${caption}" tabindex="0">
      <table role="table">
        <caption>${caption}</caption>
        <thead role="rowgroup">
          <tr role="row">${columns.map(headOf)}</tr>
        </thead>
        <tbody role="rowgroup">${body}</tbody>
      </table>
    </div>
  `;
}

function headOf(column: Column): Html {
  const { label, sort } = column;
  const isFirst = sort !== undefined && sort.order !== "none" && sort.minor !== true;
  const more = attributes({
    role: "columnheader",
    class: classOf(column),
    "aria-sort": isFirst ? sort.order : undefined,
  });
  const link = attributes({
    href: sort?.href,
    class: sort === undefined || sort.order === "none" ? undefined : sort.order,
    "data-visit": sort === undefined ? undefined : "",
  });
  return html`
    <th scope="col" ${more}>${sort === undefined ? label : html`<a${link}>${label}</a>`}</th>
  `;
}

function cellOf(column: Column, cell: Content, isHeading: boolean): Html {
  if (isHeading) {
    const more = attributes({ role: "rowheader", class: classOf(column) });
    return html`
      <th scope="row" ${more}>${cell}</th>
    `;
  }
  const label = typeof column.label === "string" && column.label !== "" ? column.label : undefined;
  const more = attributes({ role: "cell", class: classOf(column), "data-label": label });
  // one box beside the label
  return html`
    <td${more}>
      <div>${cell}</div>
      </td>
  `;
}

function classOf({ numeric, minor }: Column): string | undefined {
  return [numeric === true ? "numeric" : "", minor === true ? "minor" : ""].join(" ").trim() ||
    undefined;
}

/** Says that there is nothing, and what to do about it. */
export function empty(title: string, advice: Content): Html {
  return html`
    <div class="empty">
      <p><strong>${title}</strong></p>
      <p>${advice}</p>
    </div>
  `;
}

/** What {@link button} is given. */
export interface Button {
  readonly label: Content;
  /** `primary` once on a page; `danger` for what cannot be undone. */
  readonly kind?: "primary" | "danger" | "plain";
  /** Method and path of the admin API, as `DELETE /calls/x`. */
  readonly api?: string;
  /** Body of the request. */
  readonly body?: unknown;
  /** Asked before; absent = nothing is asked. */
  readonly confirm?: string;
  /** What comes of it, below the question. */
  readonly detail?: string;
  /** Then: `reload` (default), a path, or `stay`. */
  readonly then?: string;
  readonly id?: string;
  readonly disabled?: boolean;
}

/** A button that asks the admin API; the browser adds the CSRF token. */
export function button(options: Button): Html {
  const { label, kind = "plain", api, body, confirm, detail, then, id, disabled } = options;
  const more = attributes({
    id,
    type: "button",
    class: `button ${kind}`,
    "data-api": api,
    "data-body": body === undefined ? undefined : JSON.stringify(body),
    "data-confirm": confirm,
    "data-detail": detail,
    "data-then": then,
    disabled,
  });
  return html`<button${more}>${label}</button>`;
}

/** What {@link field} is given. */
export interface Field {
  readonly label: string;
  readonly name: string;
  /** `text` unless it is said. */
  readonly type?: "text" | "password" | "number" | "search" | "file" | "datetime-local";
  readonly value?: string | number;
  readonly hint?: Content;
  readonly required?: boolean;
  readonly autocomplete?: string;
  readonly maxlength?: number;
  readonly min?: number;
  readonly max?: number;
  /** How the value goes into JSON; `text` unless it is said, `number` for numbers. */
  readonly kind?: "text" | "number" | "boolean" | "lines" | "time";
}

/** A labelled input. */
export function field(options: Field): Html {
  const { label, name, type = "text", hint, kind, ...rest } = options;
  const id = `field-${name}`;
  const more = attributes({
    ...rest,
    id,
    name,
    type,
    "data-kind": kind ?? (type === "number" ? "number" : undefined),
    "aria-describedby": hint === undefined ? undefined : `${id}-hint`,
  });
  return html`<div class="field"><label for="${id}">${label}</label><input${more}>${
    hint === undefined ? undefined : html`<p class="hint" id="${id}-hint">${hint}</p>`
  }</div>`;
}

/** A labelled choice. */
export function choice(
  options: {
    readonly label: string;
    readonly name: string;
    readonly options: readonly { readonly value: string; readonly text: string }[];
    readonly value?: string | undefined;
    readonly hint?: Content;
  },
): Html {
  const { label, name, value, hint } = options;
  const id = `field-${name}`;
  const list = options.options.map((option) =>
    html`<option${
      attributes({ value: option.value, selected: option.value === value })
    }>${option.text}</option>`
  );
  const more = attributes({ "aria-describedby": hint === undefined ? undefined : `${id}-hint` });
  return html`
    <div
      class="field"><label for="${id}">${label}</label><select id="${id}" name="${name}"${more}>${list}</select>${hint ===
          undefined
        ? undefined
        : html`<p class="hint" id="${id}-hint">${hint}</p>`}</div>
  `;
}

/**
 * A form whose fields become the JSON body of a request.
 *
 * @param api method and path of the admin API
 * @param then `reload` (default), a path, or `stay`
 */
export function apiForm(
  options: {
    readonly api: string;
    readonly body: Content;
    readonly submit: string;
    readonly then?: string;
    readonly id?: string;
    readonly label?: string;
  },
): Html {
  const { api, body, submit, then, id, label } = options;
  const more = attributes({ id, "data-api": api, "data-then": then, "aria-label": label });
  return html`
    <form class="form" method="post"
      ${more}>${body}<p class="error" role="alert" data-error hidden></p><div class="actions"><button type="submit" class="button primary">${submit}</button></div></form>
  `;
}

/** Names and values. */
export function facts(items: readonly (readonly [Content, Content])[]): Html {
  return html`<dl class="facts">${
    items.map(([name, value]) =>
      html`
        <div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>
      `
    )
  }</dl>`;
}

/** A time; the browser shows it in the reader's zone. Wall-clock ms. */
export function time(at: number): Html {
  return html`<time datetime="${new Date(at).toISOString()}" data-time>${utc(at)}</time>`;
}

/** How long something has lasted; goes on counting in the browser. */
export function since(at: number, now: number): Html {
  return html`<time datetime="${new Date(at).toISOString()}" data-since>${
    duration((now - at) / 1000)
  }</time>`;
}

/** Text for machines: identifiers, addresses. */
export function code(text: Content): Html {
  return html`<code>${text}</code>`;
}

/** A sentence with `words for machines` in backquotes. */
export function prose(text: string): Html {
  return html`${text.split("`").map((part, i) => i % 2 === 1 ? code(part) : part)}`;
}

/** Links to the other pages of a list. */
export function pager(
  options: {
    readonly total: number;
    readonly offset: number;
    readonly limit: number;
    /** Where the page that begins there is. */
    readonly href: (offset: number) => string;
    /** What is counted, in the plural. */
    readonly what: string;
  },
): Html {
  const { total, offset, limit, href, what } = options;
  if (total === 0) return html``;
  const last = Math.min(total, offset + limit);
  const link = (text: string, at: number, there: boolean) =>
    there
      ? html`<a class="button plain" href="${href(at)}">${text}</a>`
      : html`<span class="button plain disabled" aria-disabled="true">${text}</span>`;
  return html`
    <nav class="pager" aria-label="Pages">
      <p>${offset + 1}–${last} of ${total} ${what}</p>
      <div class="actions">${link("Previous", Math.max(0, offset - limit), offset > 0)}${link(
        "Next",
        offset + limit,
        last < total,
      )}</div>
    </nav>
  `;
}
