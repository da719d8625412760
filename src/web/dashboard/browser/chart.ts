/**
 * One chart: lines over time, a legend with the values, a line that follows the pointer.
 *
 * @module
 */

import {
  areaPath,
  type Frame,
  linePath,
  nearest,
  type Point,
  ticks,
  timeTicks,
  xOf,
  yOf,
} from "../chart_scale.ts";
import { bitRate, fixed, localTime, percent, short } from "../format.ts";
import { svg } from "./svg.ts";

const HEIGHT = 148;
const LEFT = 78;
/** Points farther apart than so many pixels are shown as dots as well; a line of one is not seen. */
const SPARSE = 14;
const BOTTOM = 22;
/** Width of a digit, at most. */
const DIGIT = 7;
const TOP = 8;

const FORMATS: Readonly<Record<string, (value: number) => string>> = {
  count: (value) => value < 10 && !Number.isInteger(value) ? fixed(value, 1) : short(value),
  bits: (value) => bitRate(value / 8),
  share: percentOf,
  ms: (value) => `${fixed(value, value < 10 && !Number.isInteger(value) ? 2 : 0)}\u202fms`,
  score: (value) => fixed(value, Number.isInteger(value) ? 0 : 1),
  cores: percentOf,
};

function percentOf(share: number): string {
  return percent(share, share < 0.1 && !Number.isInteger(Math.round(share * 1e4) / 100) ? 1 : 0);
}

/** A line with its name. */
export interface ChartLine {
  readonly label: string;
  readonly points: readonly Point[];
}

/** What is drawn. */
export interface ChartData {
  readonly lines: readonly ChartLine[];
  /** Wall-clock ms. */
  readonly from: number;
  readonly to: number;
  /** Longest time without a point over which a line goes on, in ms. */
  readonly gap: number;
}

/** A chart in a figure of the page. */
export class ChartView {
  readonly #figure: HTMLElement;
  readonly #canvas: HTMLElement;
  readonly #legend: HTMLElement;
  readonly #format: (value: number) => string;
  readonly #unit: string;
  #data: ChartData | undefined;
  #frame: Frame | undefined;
  #pointer: number | undefined;

  /** Takes over a figure as `charts.ts` makes it. */
  constructor(figure: HTMLElement) {
    this.#figure = figure;
    this.#canvas = figure.querySelector<HTMLElement>(".canvas")!;
    this.#legend = figure.querySelector<HTMLElement>(".legend")!;
    this.#unit = figure.dataset["unit"] ?? "count";
    this.#format = FORMATS[this.#unit] ?? String;
    this.#canvas.addEventListener("pointermove", (event) => {
      this.#point(event.clientX - this.#canvas.getBoundingClientRect().left - LEFT);
    });
    this.#canvas.addEventListener("pointerleave", () => this.#point(undefined));
    new ResizeObserver(() => this.#draw()).observe(this.#canvas);
  }

  /** Draws anew. */
  show(data: ChartData): void {
    // rates are recorded in bytes, and round numbers are to be those that are shown
    const factor = this.#unit === "bits" ? 8 : 1;
    this.#data = factor === 1 ? data : {
      ...data,
      lines: data.lines.map(({ label, points }) => ({
        label,
        points: points.map(({ at, value }) => ({ at, value: value && value * factor })),
      })),
    };
    this.#draw();
  }

  #point(x: number | undefined): void {
    this.#pointer = x;
    this.#draw();
  }

  #draw(): void {
    const data = this.#data;
    const width = this.#canvas.clientWidth;
    if (data === undefined || width < LEFT * 2) return;
    const values = data.lines.flatMap(({ points }) => points.map(({ value }) => value ?? 0));
    const scale = this.#unit === "score" ? [1, 2, 3, 4, 5] : ticks(Math.max(0, ...values));
    const frame: Frame = {
      from: data.from,
      to: data.to,
      top: scale.at(-1) ?? 1,
      width: width - LEFT - 6,
      height: HEIGHT - BOTTOM - TOP,
    };
    this.#frame = frame;
    const at = this.#pointer === undefined
      ? undefined
      : frame.from + this.#pointer / frame.width * (frame.to - frame.from);
    const plot = svg("g", { transform: `translate(${LEFT} ${TOP})` });
    plot.append(...this.#grid(scale, frame), ...this.#curves(data, frame));
    const empty = data.lines.every(({ points }) =>
      points.every(({ value }) => value === undefined)
    );
    if (empty) {
      const place = { x: frame.width / 2, y: frame.height / 2, class: "none" };
      plot.append(svg("text", place, "Nothing recorded yet"));
    }
    if (at !== undefined && !empty) plot.append(...this.#cross(data, frame, at));
    const label = `${this.#figure.querySelector("h2, h3")?.textContent}: ${this.#caption(data)}`;
    const size = { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` };
    this.#canvas.replaceChildren(svg("svg", { ...size, role: "img", "aria-label": label }, plot));
    this.#showLegend(data, at);
  }

  #grid(scale: readonly number[], frame: Frame): SVGElement[] {
    const rows = scale.map((value) => {
      const y = yOf(value, frame);
      return svg(
        "g",
        {},
        svg("line", { x1: 0, x2: frame.width, y1: y, y2: y, class: "grid" }),
        svg("text", { x: -8, y: y + 4, class: "scale" }, this.#format(value)),
      );
    });
    const times = timeTicks(frame.from, frame.to);
    const digits = times.some((at) => at % 60_000 !== 0) ? 8 : 5;
    const columns = times.map((at) => {
      // the middle of a text at the edge would leave the picture
      const room = frame.width + 6 - digits * DIGIT / 2;
      const place = { x: Math.min(xOf(at, frame), room), y: frame.height + 17, class: "time" };
      return svg("text", place, localTime(at, false).slice(0, digits));
    });
    return [...rows, ...columns];
  }

  #curves({ lines, gap }: ChartData, frame: Frame): SVGElement[] {
    return lines.flatMap(({ points }, i) => {
      const known = points.filter(({ value }) => value !== undefined);
      const [first, last] = [known[0], known.at(-1)];
      const room = first === undefined || last === undefined || known.length === 1
        ? Infinity
        : (xOf(last.at, frame) - xOf(first.at, frame)) / (known.length - 1);
      if (room > SPARSE) {
        const dots = known.map(({ at, value = 0 }) => {
          const place = { cx: xOf(at, frame), cy: yOf(value, frame), r: 3 };
          return svg("circle", { ...place, class: `dot series-${i + 1}` });
        });
        const d = linePath(points, frame, gap);
        return [svg("path", { d, class: `line series-${i + 1}` }), ...dots];
      }
      const line = svg("path", { d: linePath(points, frame, gap), class: `line series-${i + 1}` });
      if (i > 0) return [line];
      return [svg("path", { d: areaPath(points, frame, gap), class: "area series-1" }), line];
    });
  }

  #cross({ lines, gap }: ChartData, frame: Frame, at: number): SVGElement[] {
    const x = xOf(at, frame);
    const dots = lines.flatMap(({ points }, i) => {
      const point = nearest(points, at, gap);
      if (point?.value === undefined) return [];
      const place = { cx: xOf(point.at, frame), cy: yOf(point.value, frame), r: 3.5 };
      return [svg("circle", { ...place, class: `dot series-${i + 1}` })];
    });
    return [svg("line", { x1: x, x2: x, y1: 0, y2: frame.height, class: "cross" }), ...dots];
  }

  #showLegend({ lines, gap }: ChartData, at: number | undefined): void {
    const entries = lines.map(({ label, points }, i) => {
      const value = at === undefined
        ? points.findLast((point) => point.value !== undefined)?.value
        : nearest(points, at, gap)?.value;
      const entry = document.createElement("span");
      entry.className = `key series-${i + 1}`;
      const number = document.createElement("b");
      number.textContent = value === undefined ? "–" : this.#format(value);
      entry.append(`${label} `, number);
      return entry;
    });
    const time = document.createElement("span");
    time.className = "when";
    time.textContent = at === undefined ? "" : localTime(at, false);
    this.#legend.replaceChildren(...entries, time);
  }

  #caption({ lines }: ChartData): string {
    return lines.map(({ label, points }) => {
      const known = points.flatMap(({ value }) => value === undefined ? [] : [value]);
      if (known.length === 0) return `${label}: nothing recorded`;
      const highest = this.#format(Math.max(...known));
      return `${label}: ${this.#format(known.at(-1)!)} now, ${highest} at most`;
    }).join("; ");
  }
}
