/**
 * The calls: search, filter, order, a page at a time.
 *
 * @module
 */

import { type CallQuery, listCalls, NEWEST_FIRST } from "../../admin/call_list.ts";
import { chooseColumn, formatSorting, parseSorting, type SortKey } from "../../admin/call_order.ts";
import { CALL_PROBLEMS, FORWARDERS, lossOf } from "../../admin/call_traffic.ts";
import type { CallRow } from "../../admin/reports.ts";
import { badge, card, code, type Column, empty, pager, since, table, time } from "../components.ts";
import { count, fixed, percent } from "../format.ts";
import { attributes, type Content, type Html, html } from "../html.ts";
import type { Page, PageContext } from "../page.ts";

const LIMIT = 50;
/** Calls that are too many to look at all of them every two seconds. */
const MANY = 2000;
const PAGE = "/ui/calls";
/** Losses and scores that people hear. */
const BAD_LOSS = 0.02;
const BAD_MOS = 3.6;
const STATES = [
  ["", "All"],
  ["active", "Active"],
  ["deleting", "Being deleted"],
  ["foreign", "On standby"],
] as const;
const PROBLEMS = [
  ["", "Any"],
  ["one-way", "One-way"],
  ["no-media", "No media"],
] as const;
const PLACES = [["", "Anything"], ["kernel", "Kernel"], ["core", "Relay core"]] as const;
const LOSSES = [
  ["", "Any"],
  ["0", "Over 0 %"],
  ["1", "Over 1 %"],
  ["2", "Over 2 %"],
  ["5", "Over 5 %"],
  ["10", "Over 10 %"],
  ["25", "Over 25 %"],
] as const;
const SORTS = [
  ["-started", "Newest first"],
  ["started", "Oldest first"],
  ["-loss", "Most losses first"],
  ["mos", "Worst score first"],
  ["-packets", "Most packets first"],
  ["-parties", "Most parties first"],
] as const;
const WRONG = { "one-way": "One-way", "no-media": "No media" } as const;
/** Columns and what they sort by; the greatest comes first where that is what one looks for. */
const COLUMNS: readonly (Column & { readonly by: SortKey; readonly downFirst?: true })[] = [
  { label: "Call-id and tags", by: "id" },
  { label: "State", by: "state" },
  { label: "Started", by: "started", downFirst: true, minor: true },
  { label: "Lasts", by: "duration", numeric: true, downFirst: true },
  { label: "Parties", by: "parties", numeric: true, downFirst: true, minor: true },
  { label: "Media", by: "media", minor: true },
  { label: "Packets in", by: "packets", numeric: true, downFirst: true },
  { label: "Lost", by: "loss", numeric: true, downFirst: true },
  { label: "MOS", by: "mos", numeric: true },
  { label: "From", by: "from", minor: true },
];

type Choices = readonly (readonly [value: string, text: string])[];

/** `/ui/calls`. */
export const CALLS_PAGE: Page = {
  path: "/calls",
  section: "calls",
  needs: "read",
  render(context) {
    const query = queryOf(context.query);
    const { calls, total } = listCalls(context.services, query);
    const href = (offset: number) => hrefOf({ ...query, offset });
    return {
      title: "Calls",
      body: html`${filters(query)}${
        card({
          id: "calls",
          title: total === 1 ? "1 call" : `${count(total)} calls`,
          refresh: context.services.calls.size > MANY ? 10 : 2,
          body: html`${
            table({
              caption: "Calls",
              columns: COLUMNS.map((column) => ({ ...column, sort: sortOf(column, query) })),
              rows: calls.map((call) => rowOf(context, call)),
              empty: nothing(query),
            })
          }${pager({ total, offset: query.offset, limit: LIMIT, href, what: "calls" })}`,
        })
      }`,
    };
  },
};

function queryOf(query: URLSearchParams): CallQuery {
  const page = Number(query.get("offset"));
  const loss = /^\d{1,2}$/.exec(query.get("lossOver") ?? "")?.[0];
  const oneOf = <Word extends string>(name: string, words: readonly Word[]) =>
    words.find((word) => word === query.get(name));
  return {
    search: (query.get("search") ?? "").slice(0, 256),
    state: oneOf("state", ["active", "deleting", "foreign"] as const),
    forwarder: oneOf("forwarder", FORWARDERS),
    problem: oneOf("problem", CALL_PROBLEMS),
    lossOver: loss === undefined ? undefined : Number(loss),
    sort: parseSorting(query.get("sort") ?? "") ?? NEWEST_FIRST,
    offset: Number.isSafeInteger(page) && page > 0 ? page : 0,
    limit: LIMIT,
  };
}

function hrefOf({ sort, offset, limit: _, ...filter }: CallQuery): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    if (value !== undefined && value !== "") query.set(name, String(value));
  }
  const order = formatSorting(sort ?? NEWEST_FIRST);
  if (order !== formatSorting(NEWEST_FIRST)) query.set("sort", order);
  if (offset > 0) query.set("offset", String(offset));
  return query.size > 0 ? `${PAGE}?${query}` : PAGE;
}

function sortOf(
  { by, downFirst }: typeof COLUMNS[number],
  query: CallQuery,
): NonNullable<Column["sort"]> {
  const { sort = NEWEST_FIRST } = query;
  const position = sort.findIndex(({ key }) => key === by);
  const next = chooseColumn(sort, by, downFirst === true);
  return {
    href: hrefOf({ ...query, sort: next, offset: 0 }),
    order: position < 0 ? "none" : sort[position]!.down ? "descending" : "ascending",
    minor: position > 0,
  };
}

function filters(query: CallQuery): Html {
  const order = formatSorting(query.sort ?? NEWEST_FIRST);
  const orders: Choices = SORTS.some(([value]) => value === order)
    ? SORTS
    : [...SORTS, [order, "By columns"]];
  const loss = query.lossOver === undefined ? "" : String(query.lossOver);
  const losses: Choices = LOSSES.some(([value]) => value === loss)
    ? LOSSES
    : [...LOSSES, [loss, `Over ${loss} %`]];
  return html`
    <form
      class="filters calls" method="get" action="${PAGE}" role="search"
      data-filter="calls"><div class="field wide"><label for="search">Search</label><input id="search" name="search" type="search" maxlength="256" autocomplete="off" placeholder="Call-id, tag, address, label, codec" value="${query
        .search}"></div>${choice("state", "State", STATES, query.state)}${choice(
          "problem",
          "Problem",
          PROBLEMS,
          query.problem,
        )}${choice("lossOver", "Loss", losses, loss)}${choice(
          "forwarder",
          "Forwarded by",
          PLACES,
          query.forwarder,
        )}${choice(
          "sort",
          "Order",
          orders,
          order,
        )}<noscript><button class="button">Search</button></noscript></form>
  `;
}

function choice(name: string, label: string, choices: Choices, chosen = ""): Html {
  const options = choices.map(([value, text]) =>
    html`<option${attributes({ value, selected: value === chosen })}>${text}</option>`
  );
  const id = name === "sort" ? "calls-order" : undefined;
  return html`
    <div class="field"
      ${attributes({
        id,
      })}><label for="${name}">${label}</label><select id="${name}" name="${name}">${options}</select></div>
  `;
}

function rowOf({ services }: PageContext, call: CallRow): Content[] {
  const share = lossOf(call);
  return [
    html`<a href="${PAGE}/${encodeURIComponent(call.id)}">${code(call.id)}</a><div class="tags">${
      call.labels.map((label) => badge("neutral", label))
    }${call.tags.filter((tag) => tag !== "").map((tag) => html`<span>${tag}</span>`)}</div>`,
    html`<div class="badges">${stateBadge(call)}${
      call.problem === undefined ? undefined : badge("warning", WRONG[call.problem])
    }${call.forwarder === "kernel" ? badge("neutral", "Kernel") : undefined}</div>`,
    time(call.created),
    since(call.created, services.clock.wall()),
    count(call.tags.length),
    html`${call.media.map((kind) => html`<div>${kind}</div>`)}`,
    count(call.packets),
    marked(share, share !== undefined && share > BAD_LOSS, percent),
    marked(call.mos, call.mos !== undefined && call.mos < BAD_MOS, (mos) => fixed(mos, 1)),
    code(call.createdFrom.replace(/:\d+$/, "")),
  ];
}

/** A number, with a sign where it is bad. */
function marked(value: number | undefined, bad: boolean, text: (value: number) => string): Content {
  if (value === undefined) return "–";
  return bad ? badge("warning", text(value)) : text(value);
}

/** A call's state as a badge. */
export function stateBadge({ state }: Pick<CallRow, "state">): Html {
  switch (state) {
    case "active":
      return badge("ok", "Active");
    case "deleting":
      return badge("neutral", "Being deleted");
    case "foreign":
      return badge("note", "On standby");
  }
}

function nothing({ search, state, forwarder, problem, lossOver }: CallQuery): Html {
  const isFiltered = [state, forwarder, problem, lossOver].some((filter) => filter !== undefined);
  if (search !== "" || isFiltered) {
    return empty("No call matches", html`<a href="${PAGE}">Show all calls</a>`);
  }
  return empty(
    "There are no calls",
    html`
      They appear as soon as the SIP proxy sends an offer. Nothing comes? Look at <a
        href="/ui/clients">who sends control requests</a>, or try one in the <a
        href="/ui/console">ng console</a>.
    `,
  );
}
