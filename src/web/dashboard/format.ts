/**
 * Numbers and times as people read them. Used by the server and in the browser, so that both say the same.
 *
 * @module
 */

const GROUPS = /\B(?=(\d{3})+$)/g;
/** A space that does not break and is narrow. */
const THIN = "\u202f";

/** A whole number in groups of three digits. */
export function count(value: number): string {
  const whole = Math.round(Math.abs(value)).toString().replaceAll(GROUPS, THIN);
  return value < 0 ? `−${whole}` : whole;
}

/** A number with a fixed number of digits after the point. */
export function fixed(value: number, digits: number): string {
  const [whole = "0", fraction] = Math.abs(value).toFixed(digits).split(".");
  const grouped = whole.replaceAll(GROUPS, THIN) + (fraction === undefined ? "" : `.${fraction}`);
  return value < 0 ? `−${grouped}` : grouped;
}

/** A large number in few characters: `12.3 k`. */
export function short(value: number): string {
  return scaled(value, 1000, ["", "k", "M", "G", "T"]).join(THIN).trimEnd();
}

/** Bytes in units of 1024. */
export function bytes(value: number): string {
  return scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]).join(THIN);
}

/** Bits per second in units of 1000, from bytes per second. */
export function bitRate(bytesPerSecond: number): string {
  return scaled(bytesPerSecond * 8, 1000, ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"])
    .join(THIN);
}

/** A share of 0..1 in percent. */
export function percent(share: number, digits = 1): string {
  return `${fixed(share * 100, digits)}${THIN}%`;
}

/** Seconds as `4 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: readonly [number, string][] = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first === -1) return `0${THIN}s`;
  return parts.slice(first, first + 2).filter(([value]) => value > 0)
    .map(([value, unit]) => `${value}${THIN}${unit}`).join(" ");
}

/** Wall-clock ms as `2026-11-21 09:30:00 UTC`. */
export function utc(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ") + " UTC";
}

/** Wall-clock ms in the reader's own time zone. */
export function localTime(at: number, withDate: boolean): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return withDate ? `${day} ${time}` : time;
}

function scaled(value: number, base: number, units: readonly string[]): [string, string] {
  let rest = Math.abs(value);
  let unit = 0;
  while (rest >= base && unit < units.length - 1) {
    rest /= base;
    unit++;
  }
  // 999.96 would be shown as 1000.0
  if (unit < units.length - 1 && Number(rest.toPrecision(4)) >= base) {
    rest /= base;
    unit++;
  }
  const digits = unit === 0 || rest >= 100 ? 0 : rest >= 10 ? 1 : 2;
  return [`${value < 0 ? "−" : ""}${rest.toFixed(digits)}`, units[unit]!];
}
