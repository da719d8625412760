/**
 * The overview: charts of the history that go on with live numbers, and the processors.
 *
 * @module
 */

import type { HistoryReport, LiveReport } from "../../admin/observation.ts";
import type { Point } from "../chart_scale.ts";
import { percent } from "../format.ts";
import { ask } from "./api.ts";
import { ChartView } from "./chart.ts";
import { onLive } from "./live.ts";
import { onContent } from "./refresh.ts";

type Range = HistoryReport["range"];
type Field = HistoryReport["fields"][number];

const SPANS: Readonly<Record<Range, number>> = {
  "5m": 300_000,
  "1h": 3_600_000,
  "24h": 86_400_000,
};

interface Drawn {
  readonly view: ChartView;
  readonly lines: readonly (readonly [Field, string])[];
}

/** Draws the charts of a page that has some. */
export function start(): void {
  onLive(showCores);
  onContent(drawPoints);
  const drawn = [...document.querySelectorAll<HTMLElement>("figure.chart[data-lines]")].map(
    (figure): Drawn => ({
      view: new ChartView(figure),
      lines: JSON.parse(figure.dataset["lines"] ?? "[]"),
    }),
  );
  if (drawn.length > 0) new Charts(drawn).start();
}

interface StoredLine {
  readonly label: string;
  readonly points: readonly Point[];
}

/** Charts whose points stand in the page. */
function drawPoints(root: ParentNode): void {
  for (const figure of root.querySelectorAll<HTMLElement>("figure.chart[data-points]")) {
    const lines = JSON.parse(figure.dataset["points"] ?? "[]") as StoredLine[];
    const times = lines.flatMap(({ points }) => points.map(({ at }) => at));
    const [from, to] = [Math.min(...times), Math.max(...times)];
    // a single report stands in the middle of a second
    const room = Math.max(1000, (to - from) / 50);
    new ChartView(figure).show({ lines, from: from - room, to: to + room, gap: Infinity });
  }
}

class Charts {
  readonly #drawn: readonly Drawn[];
  readonly #points = new Map<Field, Point[]>();
  #range: Range = "5m";
  #fetched = 0;
  #stepMs = 1000;

  constructor(drawn: readonly Drawn[]) {
    this.#drawn = drawn;
  }

  start(): void {
    const buttons = [...document.querySelectorAll<HTMLButtonElement>("button[data-range]")];
    for (const button of buttons) {
      button.addEventListener("click", () => {
        for (const one of buttons) one.setAttribute("aria-pressed", String(one === button));
        this.#range = button.dataset["range"] as Range;
        void this.#fetch();
      });
    }
    void this.#fetch();
    onLive((live) => this.#add(live));
  }

  async #fetch(): Promise<void> {
    const range = this.#range;
    this.#fetched = performance.now();
    const fields = [...new Set(this.#drawn.flatMap(({ lines }) => lines.map(([field]) => field)))];
    const report = await ask("GET", `/history?range=${range}&fields=${fields.join(",")}`)
      .catch(() => undefined) as HistoryReport | undefined;
    if (report === undefined || range !== this.#range) return;
    this.#stepMs = report.stepMs;
    report.fields.forEach((field, i) => {
      this.#points.set(
        field,
        report.rows.map((row) => ({ at: row[0] ?? 0, value: row[i + 1] ?? undefined })),
      );
    });
    this.#draw(report.now);
  }

  #add(live: LiveReport): void {
    if (document.hidden) return;
    if (this.#range !== "5m") {
      const old = performance.now() - this.#fetched;
      if (old > (this.#range === "1h" ? 10_000 : 60_000)) void this.#fetch();
      return;
    }
    // the page may have slept
    const last = [...this.#points.values()][0]?.at(-1)?.at ?? live.at;
    if (live.at - last > 5000) return void this.#fetch();
    for (const [field, points] of this.#points) {
      points.push({ at: live.at, value: live[field] });
      while ((points[0]?.at ?? Infinity) < live.at - SPANS["5m"] - 5000) points.shift();
    }
    this.#draw(live.at);
  }

  #draw(now: number): void {
    for (const { view, lines } of this.#drawn) {
      view.show({
        from: now - SPANS[this.#range],
        to: now,
        gap: this.#stepMs * 4,
        lines: lines.map(([field, label]) => ({ label, points: this.#points.get(field) ?? [] })),
      });
    }
  }
}

/** Bars of the processors. */
function showCores({ cores }: LiveReport): void {
  for (const { core, busy, softirq } of cores) {
    const row = document.querySelector(`[data-core="${core}"]`);
    if (row === null) continue;
    row.querySelector(".bar-busy")?.setAttribute("width", String(busy * 100));
    row.querySelector(".bar-soft")?.setAttribute("width", String(softirq * 100));
    const text = row.querySelector(".bar-text");
    if (text !== null) text.textContent = `${percent(busy, 0)}, ${percent(softirq, 0)} soft`;
  }
}
