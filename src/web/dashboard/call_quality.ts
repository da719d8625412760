/**
 * Quality of a call over time, from what its parties have reported.
 *
 * @module
 */

import type { CallReport } from "../admin/reports.ts";
import { card, empty, table } from "./components.ts";
import { count, fixed } from "./format.ts";
import { attributes, type Html, html } from "./html.ts";
import { nameOf } from "./call_picture.ts";

/** A report as `query` gives it; values are whole numbers. */
interface Report {
  /** Seconds since the call began, or since 1970. */
  readonly at: number;
  /** Undefined = could not be computed. */
  readonly mos: number | undefined;
  readonly jitter: number;
  readonly loss: number;
  readonly roundTrip: number;
}

/** What one party has reported. */
export interface PartyQuality {
  readonly party: string;
  readonly ssrc: string;
  readonly average: Omit<Report, "at"> | undefined;
  readonly lowest: number | undefined;
  readonly reports: readonly Report[];
}

/** Reads what `query` says of the quality of each source. */
export function qualityOf({ quality, parties }: CallReport): PartyQuality[] {
  const sources = record(record(quality)["SSRC"]);
  const owners = new Map(
    parties.flatMap((party) =>
      party.medias.flatMap((media) =>
        media.streams.flatMap(({ counters }) =>
          counters?.sources.map(({ ssrc }): [string, string] => [String(ssrc), nameOf(party)]) ?? []
        )
      )
    ),
  );
  return Object.entries(sources).flatMap(([ssrc, value]) => {
    const source = record(value);
    const progression = record(source["MOS progression"]);
    const entries = Array.isArray(progression["entries"]) ? progression["entries"] : [];
    const party = owners.get(ssrc);
    if (party === undefined || entries.length === 0) return [];
    const average = record(source["average MOS"]);
    return [{
      party,
      ssrc,
      average: numberOf(average["samples"]) > 0 ? reportOf(average) : undefined,
      lowest: source["lowest MOS"] === undefined
        ? undefined
        : numberOf(record(source["lowest MOS"])["MOS"]) / 10,
      reports: entries.map((entry) => ({
        ...reportOf(record(entry)),
        at: numberOf(record(entry)["reported at"]),
      })),
    }];
  });
}

function reportOf(source: Readonly<Record<string, unknown>>): Omit<Report, "at"> {
  return {
    mos: numberOf(source["MOS"]) === 0 ? undefined : numberOf(source["MOS"]) / 10,
    jitter: numberOf(source["jitter"]),
    loss: numberOf(source["packet loss"]),
    roundTrip: numberOf(source["round-trip time"]) / 1000,
  };
}

/** Charts and a table of the quality. */
export function qualityCharts(report: CallReport): Html {
  const parties = qualityOf(report);
  if (parties.length === 0) {
    return card({
      id: "quality",
      title: "Quality",
      refresh: 5,
      wide: true,
      body: empty(
        "No party has reported yet",
        "Loss, jitter and scores appear with the first RTCP report that answers another one.",
      ),
    });
  }
  const chart = (
    title: string,
    unit: string,
    of: (report: Report) => number | undefined,
  ) => {
    const lines = parties.slice(0, 4).map(({ party, reports }) => ({
      label: party,
      points: reports.map((one) => ({ at: one.at * 1000, value: of(one) })),
    }));
    const more = attributes({ "data-unit": unit, "data-points": JSON.stringify(lines) });
    return html`
      <figure class="chart" ${more}>
        <figcaption>
          <h3>${title}</h3>
          <p class="legend"></p>
        </figcaption>
        <div class="canvas"></div>
      </figure>
    `;
  };
  return card({
    id: "quality",
    title: "Quality, as the parties report it",
    refresh: 5,
    wide: true,
    body: html`<div class="cards charts">${chart("MOS", "score", ({ mos }) => mos)}${
      chart("Jitter", "ms", ({ jitter }) => jitter)
    }${chart("Loss in percent", "count", ({ loss }) => loss)}${
      chart("Round trip", "ms", ({ roundTrip }) => roundTrip)
    }</div>${
      table({
        caption: "Quality",
        columns: [
          { label: "What is heard by" },
          { label: "Mean MOS", numeric: true },
          { label: "Lowest", numeric: true },
          { label: "Jitter", numeric: true },
          { label: "Loss", numeric: true },
          { label: "Round trip", numeric: true },
          { label: "Reports shown", numeric: true },
        ],
        rows: parties.map(({ party, average, lowest, reports }) => [
          party,
          average?.mos === undefined ? "–" : fixed(average.mos, 1),
          lowest === undefined ? "–" : fixed(lowest, 1),
          average === undefined ? "–" : `${fixed(average.jitter, 0)} ms`,
          average === undefined ? "–" : `${fixed(average.loss, 0)} %`,
          average === undefined ? "–" : `${fixed(average.roundTrip, 1)} ms`,
          count(reports.length),
        ]),
        empty: html``,
      })
    }`,
  });
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
