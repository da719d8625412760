/**
 * The arithmetic of charts: scales, lines, labels. No drawing.
 *
 * @module
 */

/** A point; undefined where nothing is known. */
export interface Point {
  /** Wall-clock ms. */
  readonly at: number;
  /** Its value. */
  readonly value: number | undefined;
}

/** Steps of 1, 2 or 5 times a power of ten from zero to at least `max`: two to five of them. */
export function ticks(max: number): number[] {
  if (!(max > 0)) return [0, 1];
  const rough = max / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const last = Math.ceil(max / step - 1e-9);
  return Array.from({ length: last + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Whole seconds, minutes or hours that stand below a chart: few of them. */
export function timeTicks(from: number, to: number): number[] {
  const minute = 60_000;
  const seconds = [5_000, 10_000, 15_000, 30_000];
  const minutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360].map((count) => count * minute);
  // seconds are longer to write
  const step = seconds.find((one) => (to - from) / one <= 4) ??
    minutes.find((one) => (to - from) / one <= 6) ?? 360 * minute;
  // hours of the reader's zone
  const zone = new Date(to).getTimezoneOffset() * minute;
  const first = Math.ceil((from - zone) / step) * step + zone;
  const found: number[] = [];
  for (let at = first; at <= to; at += step) found.push(at);
  return found;
}

/** A field of pixels with the values it stands for. */
export interface Frame {
  /** Wall-clock ms at the left. */
  readonly from: number;
  /** Wall-clock ms at the right. */
  readonly to: number;
  /** Value at the top; zero is at the bottom. */
  readonly top: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** Pixels from the left. */
export function xOf(at: number, { from, to, width }: Frame): number {
  return round((at - from) / (to - from) * width);
}

/** Pixels from the top. */
export function yOf(value: number, { top, height }: Frame): number {
  return round(height - Math.min(1, Math.max(0, value / top)) * height);
}

/**
 * A line through points as an SVG path. It is broken where nothing is known for longer than `gap` ms.
 */
export function linePath(points: readonly Point[], frame: Frame, gap: number): string {
  let path = "";
  let last: number | undefined;
  for (const { at, value } of points) {
    if (value === undefined || at < frame.from) continue;
    const goesOn = last !== undefined && at - last <= gap;
    path += `${goesOn ? "L" : "M"}${xOf(at, frame)} ${yOf(value, frame)}`;
    last = at;
  }
  return path;
}

/** The area below a line, in pieces as the line is. */
export function areaPath(points: readonly Point[], frame: Frame, gap: number): string {
  return linePath(points, frame, gap).split("M").filter((piece) => piece !== "").map((piece) => {
    const [first = ""] = piece.split("L");
    const last = piece.split("L").at(-1) ?? first;
    return `M${first.split(" ")[0]} ${frame.height}L${piece}L${
      last.split(" ")[0]
    } ${frame.height}Z`;
  }).join("");
}

/** The point nearest to a time; undefined when none is near. */
export function nearest(points: readonly Point[], at: number, gap: number): Point | undefined {
  let best: Point | undefined;
  for (const point of points) {
    if (point.value === undefined) continue;
    if (best === undefined || Math.abs(point.at - at) < Math.abs(best.at - at)) best = point;
  }
  return best !== undefined && Math.abs(best.at - at) <= gap ? best : undefined;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
