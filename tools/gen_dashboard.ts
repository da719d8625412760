/**
 * Writes `docs/grafana/rtpedge.json`, a Grafana dashboard, from the table of panels, or checks that it is
 * up to date.
 *
 * Usage: deno run -A tools/gen_dashboard.ts [--check]
 *
 * @module
 */

import { type Panel, type PanelKind, type Row, ROWS } from "./dashboard_panels.ts";
import { writeGenerated } from "./generated.ts";

const COLUMNS = 24;
const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
const TYPES: Readonly<Record<PanelKind, string>> = {
  stat: "stat",
  gauge: "gauge",
  lines: "timeseries",
  stacked: "timeseries",
  table: "table",
};
const HEIGHTS: Readonly<Record<PanelKind, number>> = {
  stat: 4,
  gauge: 4,
  lines: 8,
  stacked: 8,
  table: 8,
};

interface Place {
  readonly x: number;
  readonly y: number;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Green, yellow and red around the limits; limits that fall mean that low values are bad. */
function thresholds(limits: Panel["limits"]): Json {
  const step = (color: string, value: number | null): Json => ({ color, value });
  if (limits === undefined) return { mode: "absolute", steps: [step("green", null)] };
  const [first, second] = limits;
  const steps = first < second
    ? [step("green", null), step("yellow", first), step("red", second)]
    : [step("red", null), step("yellow", second), step("green", first)];
  return { mode: "absolute", steps };
}

function drawing(kind: PanelKind): Json {
  const stacked = kind === "stacked";
  return {
    drawStyle: "line",
    fillOpacity: stacked ? 30 : 8,
    lineWidth: 1,
    showPoints: "never",
    spanNulls: false,
    stacking: { group: "A", mode: stacked ? "normal" : "none" },
  };
}

function options(kind: PanelKind): Json {
  switch (kind) {
    case "stat":
    case "gauge":
      return { colorMode: "value", reduceOptions: { calcs: ["lastNotNull"], values: false } };
    case "table":
      return { showHeader: true };
    default:
      return {
        legend: { calcs: ["mean", "max"], displayMode: "table", placement: "bottom" },
        tooltip: { mode: "multi", sort: "desc" },
      };
  }
}

function panelJson(panel: Panel, id: number, { x, y }: Place): Json {
  const { kind, limits, range: [min, max] = [undefined, undefined] } = panel;
  const instant = kind === "table";
  const hidden = { Time: true, Value: true, __name__: true };
  return {
    id,
    type: TYPES[kind],
    title: panel.title,
    description: panel.help,
    datasource: DATASOURCE,
    gridPos: { h: HEIGHTS[kind], w: panel.width, x, y },
    fieldConfig: {
      defaults: {
        unit: panel.unit,
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        color: { mode: kind === "stat" || kind === "gauge" ? "thresholds" : "palette-classic" },
        thresholds: thresholds(limits),
        ...(kind === "lines" || kind === "stacked" ? { custom: drawing(kind) } : {}),
      },
      overrides: [],
    },
    options: options(kind),
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
      ...(instant ? { instant, format: "table" } : { range: true }),
    })),
    ...(instant
      ? { transformations: [{ id: "organize", options: { excludeByName: hidden } }] }
      : {}),
  };
}

/** Rows one below the other; panels of a row from left to right, wrapping. */
function place(rows: readonly Row[]): Json[] {
  const placed: Json[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    const gridPos = { h: 1, w: COLUMNS, x: 0, y };
    placed.push({
      id: placed.length + 1,
      type: "row",
      title,
      collapsed: false,
      gridPos,
      panels: [],
    });
    y++;
    let x = 0;
    let height = 0;
    for (const panel of panels) {
      if (x + panel.width > COLUMNS) {
        x = 0;
        y += height;
        height = 0;
      }
      placed.push(panelJson(panel, placed.length + 1, { x, y }));
      x += panel.width;
      height = Math.max(height, HEIGHTS[panel.kind]);
    }
    y += height;
  }
  return placed;
}

const VARIABLES: Json = [
  { name: "datasource", label: "Data source", type: "datasource", query: "prometheus", hide: 0 },
  {
    name: "instance",
    label: "Instance",
    type: "query",
    datasource: DATASOURCE,
    definition: "label_values(rtpengine_uptime_seconds, instance)",
    query: { query: "label_values(rtpengine_uptime_seconds, instance)", refId: "instance" },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: ".*",
    current: { selected: true, text: "All", value: "$__all" },
  },
];

/** The text of the file. */
export function dashboardText(): string {
  const dashboard: Json = {
    uid: "rtpedge",
    title: "rtpedge",
    description: "Calls, media, quality, ports, control and the relay core of rtpedge",
    tags: ["rtpedge", "rtpengine", "voip"],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: "10s",
    time: { from: "now-1h", to: "now" },
    timezone: "browser",
    templating: { list: VARIABLES },
    annotations: { list: [] },
    links: [],
    panels: place(ROWS),
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

if (import.meta.main) await writeGenerated("docs/grafana/rtpedge.json", dashboardText());
