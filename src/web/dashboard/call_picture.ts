/**
 * A call as a picture: its parties around the relay, and who hears whom.
 *
 * @module
 */

import type { CallReport } from "../admin/reports.ts";
import { short } from "./format.ts";
import { type Html, html } from "./html.ts";

type Party = CallReport["parties"][number];
type Rtp = Party["medias"][number]["streams"][number];

const WIDTH = 760;
const BOX = { width: 236, height: 78, gap: 22 };
const HUB = { width: 128, top: 14 };

/** The picture of two parties on a narrow screen: one above the other. */
const TALL = { width: 300, wire: 58, hub: 64, edge: 8 };

/** The picture; its text says the same to those who do not see it. */
export function callPicture(call: CallReport): Html {
  const tall = call.parties.length <= 2;
  return html`
    <div class="picture${tall
      ? " turns"
      : ""}" role="region" aria-label="Picture of the call" tabindex="0">
      ${wide(call)}${tall ? upright(call) : undefined}
    </div>
  `;
}

/** What the picture says. */
function labelOf({ parties, edges }: CallReport): string {
  return parties.map((party, i) => {
    const hears = edges.filter(({ to }) => to === i).map(({ from }) => nameOf(parties[from]!));
    return `${nameOf(party)} hears ${hears.length === 0 ? "nobody" : hears.join(", ")}`;
  }).join("; ");
}

function marker(id: string): Html {
  return html`
    <defs>
      <marker id="${id}" viewBox="0 0 8 8" refX="5" refY="4" markerWidth="7" markerHeight="7"
        orient="auto">
        <path d="M0 0 8 4 0 8z" class="arrow" />
      </marker>
    </defs>
  `;
}

function box(party: Party, x: number, y: number): Html {
  const stream = rtpOf(party);
  const line = (at: number, text: string, kind = "") =>
    html`<text x="${x + 14}" y="${y + at}" class="${kind}">${cut(text)}</text>`;
  return html`<g><rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="10" class="party"/>${
    line(24, nameOf(party), "name")
  }${line(44, stream?.remote ?? "address not known yet")}${
    line(
      63,
      [party.medias[0]?.codec ?? party.medias[0]?.type, stream?.suite].filter(Boolean).join(", "),
    )
  }</g>`;
}

function portOf(party: Party): string {
  return /:(\d+)$/.exec(rtpOf(party)?.local ?? "")?.[1] ?? "";
}

/** One above, one below the relay. */
function upright(call: CallReport): Html {
  const { parties, edges } = call;
  const hub = TALL.edge + BOX.height + TALL.wire;
  const below = hub + TALL.hub + TALL.wire;
  const height = below + BOX.height + TALL.edge;
  const center = TALL.width / 2;
  const places = [
    { near: TALL.edge + BOX.height, far: hub, top: TALL.edge, port: hub + 16 },
    { near: below, far: hub + TALL.hub, top: below, port: hub + TALL.hub - 9 },
  ].slice(0, parties.length);
  const parts = places.map(({ near, far, top, port }, i) => {
    const party = parties[i]!;
    const counters = rtpOf(party)?.counters;
    const wire = (x: number, from: number, to: number, packets: number | undefined) =>
      html`
        <path d="M${x} ${from}V${to - 5 * Math.sign(to - from)}" class="wire${(packets ?? 0) > 0
          ? " alive"
          : ""}"
          marker-end="url(#arrow-upright)" />
        <text x="${x < center ? x - 9 : x + 9}" y="${(from + to) / 2 + 4}" class="${x < center
          ? "end"
          : ""}">${packets === undefined ? "" : short(packets)}</text>
      `;
    const speaks = edges.some(({ from }) => from === i);
    const heard = edges.some(({ to }) => to === i);
    return html`
      ${speaks ? wire(center - 12, near, far, counters?.packetsIn) : undefined}${heard
        ? wire(center + 12, far, near, counters?.packetsOut)
        : undefined}${box(party, (TALL.width - BOX.width) / 2, top)}<text x="${center}" y="${port}"
        class="port hub-port">${portOf(party)}</text>
    `;
  });
  return html`
    <svg class="upright" viewBox="0 0 ${TALL.width} ${height}" role="img"
      aria-label="${labelOf(
        call,
      )}">${marker("arrow-upright")}<rect x="${center -
        HUB.width / 2}" y="${hub}" width="${HUB.width}" height="${TALL
        .hub}" rx="10" class="hub"/><text x="${center}" y="${hub +
        TALL.hub / 2 + 5}" class="hub-name">rtpedge</text>${parts}</svg>
  `;
}

/** The first party on the left, all others on the right. */
function wide(call: CallReport): Html {
  const { parties, edges } = call;
  const left = parties.slice(0, 1);
  const right = parties.slice(1);
  const rows = Math.max(1, right.length);
  const height = rows * (BOX.height + BOX.gap) + BOX.gap;
  const places = [
    ...left.map((party) => ({ party, x: 8, y: (height - BOX.height) / 2, side: 1 })),
    ...right.map((party, i) => ({
      party,
      x: WIDTH - BOX.width - 8,
      y: BOX.gap + i * (BOX.height + BOX.gap),
      side: -1,
    })),
  ];
  const hub = { x: (WIDTH - HUB.width) / 2, y: HUB.top, height: height - HUB.top * 2 };
  const wires = places.map(({ party, x, y, side }, i) => {
    const middle = y + BOX.height / 2;
    const near = side === 1 ? x + BOX.width : x;
    const far = side === 1 ? hub.x : hub.x + HUB.width;
    const center = (near + far) / 2;
    const heard = edges.some(({ to }) => to === i);
    const speaks = edges.some(({ from }) => from === i);
    const stream = rtpOf(party);
    const arrow = (from: number, to: number, at: number, alive: boolean) =>
      html`
        <path d="M${from} ${at}H${to - 5 * Math.sign(to - from)}" class="wire${alive
          ? " alive"
          : ""}" marker-end="url(#arrow)" />
      `;
    return html`
      ${speaks
        ? arrow(near, far, middle - 9, (stream?.counters?.packetsIn ?? 0) > 0)
        : undefined}${heard
        ? arrow(far, near, middle + 9, (stream?.counters?.packetsOut ?? 0) > 0)
        : undefined}<text x="${center}" y="${middle - 15}"
        class="wire-text">${stream?.counters === undefined || !speaks
          ? ""
          : short(stream.counters.packetsIn)}</text><text x="${center}" y="${middle + 24}"
        class="wire-text">${stream?.counters === undefined || !heard
          ? ""
          : short(stream.counters.packetsOut)}</text>
    `;
  });
  const boxes = places.map(({ party, x, y }) => box(party, x, y));
  const ports = places.map(({ party, y, side }) => {
    const x = side === 1 ? hub.x + 9 : hub.x + HUB.width - 9;
    const kind = side === 1 ? "port" : "port end";
    return html`<text x="${x}" y="${y + BOX.height / 2 + 4}" class="${kind}">${
      portOf(party)
    }</text>`;
  });
  return html`
    <svg class="wide" viewBox="0 0 ${WIDTH} ${height}" role="img"
      aria-label="${labelOf(
        call,
      )}">${marker("arrow")}${wires}<rect x="${hub.x}" y="${hub.y}" width="${HUB
        .width}" height="${hub
        .height}" rx="10" class="hub"/><text x="${WIDTH / 2}" y="${hub.y +
        20}" class="hub-name">rtpedge</text>${ports}${boxes}</svg>
  `;
}

/** What a party is called. */
export function nameOf({ tag, label }: Pick<Party, "tag" | "label">): string {
  return label ?? (tag === "" ? "not answered yet" : tag);
}

function rtpOf(party: Party): Rtp | undefined {
  return party.medias[0]?.streams.find(({ component }) => component === "rtp");
}

function cut(text: string): string {
  return text.length > 32 ? `${text.slice(0, 30)}…` : text;
}
