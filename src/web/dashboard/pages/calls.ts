/**
 * The calls: search, filter, order, a page at a time.
 *
 * @module
 */

import { type CallQuery, findCall, listCalls } from "../../admin/call_report.ts";
import { badge, card, code, empty, pager, since, table, time } from "../components.ts";
import { count, percent } from "../format.ts";
import { attributes, type Content, type Html, html } from "../html.ts";
import type { Page, PageContext } from "../page.ts";

const LIMIT = 50;
const STATES = [
  ["", "All"],
  ["active", "Active"],
  ["deleting", "Being deleted"],
  ["foreign", "On standby"],
] as const;
const SORTS = [["newest", "Newest first"], ["oldest", "Oldest first"]] as const;

type Call = ReturnType<typeof listCalls>["calls"][number];

/** `/ui/calls`. */
export const CALLS_PAGE: Page = {
  path: "/calls",
  section: "calls",
  needs: "read",
  render(context) {
    const query = queryOf(context.query);
    const { calls, total } = listCalls(context.services.calls, query);
    const href = (offset: number) => hrefOf(query, offset);
    return {
      title: "Calls",
      body: html`${filters(query)}${
        card({
          id: "calls",
          title: total === 1 ? "1 call" : `${count(total)} calls`,
          refresh: 2,
          body: html`${
            table({
              caption: "Calls",
              columns: [
                { label: "Call-id and tags" },
                { label: "State" },
                { label: "Started", minor: true },
                { label: "Lasts", numeric: true },
                { label: "Media", minor: true },
                { label: "Packets in", numeric: true },
                { label: "Lost", numeric: true },
                { label: "From", minor: true },
              ],
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
  const state = STATES.find(([value]) => value !== "" && value === query.get("state"))?.[0];
  const page = Number(query.get("offset"));
  return {
    search: (query.get("search") ?? "").slice(0, 256),
    state: state === "" ? undefined : state,
    sort: query.get("sort") === "oldest" ? "oldest" : "newest",
    offset: Number.isSafeInteger(page) && page > 0 ? page : 0,
    limit: LIMIT,
  };
}

function hrefOf({ search, state, sort }: CallQuery, offset: number): string {
  const query = new URLSearchParams();
  if (search) query.set("search", search);
  if (state !== undefined) query.set("state", state);
  if (sort === "oldest") query.set("sort", sort);
  if (offset > 0) query.set("offset", String(offset));
  return `/ui/calls${query.size > 0 ? `?${query}` : ""}`;
}

function filters({ search, state, sort }: CallQuery): Html {
  const options = (list: readonly (readonly [string, string])[], chosen = "") =>
    list.map(([value, text]) =>
      html`<option${attributes({ value, selected: value === chosen })}>${text}</option>`
    );
  return html`
    <form class="filters calls" method="get" action="/ui/calls" role="search"
      data-filter="calls"><div class="field wide"><label for="search">Search</label><input id="search" name="search" type="search" maxlength="256" autocomplete="off" placeholder="Call-id, tag, address, label, codec" value="${search}"></div><div class="field"><label for="state">State</label><select id="state" name="state">${options(
        STATES,
        state,
      )}</select></div><div class="field"><label for="sort">Order</label><select id="sort" name="sort">${options(
        SORTS,
        sort,
      )}</select></div><noscript><button class="button">Search</button></noscript></form>
  `;
}

function rowOf({ services }: PageContext, call: Call): Content[] {
  const now = services.clock.wall();
  const { packets, lost } = trafficOf(services.calls, call.id);
  const share = packets + lost === 0 ? undefined : lost / (packets + lost);
  return [
    html`<a href="/ui/calls/${encodeURIComponent(call.id)}">${code(call.id)}</a><div class="tags">${
      call.labels.map((label) => badge("neutral", label))
    }${call.tags.filter((tag) => tag !== "").map((tag) => html`<span>${tag}</span>`)}</div>`,
    stateBadge(call),
    time(call.created),
    since(call.created, now),
    html`${call.media.join(", ")}`,
    count(packets),
    share === undefined ? "–" : share > 0.02 ? badge("warning", percent(share)) : percent(share),
    code(call.createdFrom),
  ];
}

/** A call's state as a badge. */
export function stateBadge({ state }: Pick<Call, "state">): Html {
  switch (state) {
    case "active":
      return badge("ok", "Active");
    case "deleting":
      return badge("neutral", "Being deleted");
    case "foreign":
      return badge("note", "On standby");
  }
}

function trafficOf(
  calls: PageContext["services"]["calls"],
  id: string,
): { packets: number; lost: number } {
  let packets = 0;
  let lost = 0;
  for (const party of findCall(calls, id)?.participants ?? []) {
    for (const stream of party.medias.flatMap(({ streams }) => streams)) {
      if (stream.component !== "rtp") continue;
      for (const source of stream.counters()?.ssrcs ?? []) {
        packets += source.packets;
        lost += Math.max(0, source.lost);
      }
    }
  }
  return { packets, lost };
}

function nothing({ search, state }: CallQuery): Html {
  if (search !== "" || state !== undefined) {
    return empty("No call matches", html`<a href="/ui/calls">Show all calls</a>`);
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
