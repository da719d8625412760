/**
 * The reports of one party over the life of a call, in bounded memory.
 *
 * @module
 */

/** One report as it is shown. */
export interface QualityReport {
  /** Score × 10; 0 = could not be computed. */
  readonly mos: number;
  /** Between the parties, µs; 0 = unknown. */
  readonly roundTrip: number;
  /** Between the reporting party and us, µs. */
  readonly leg: number;
  /** ms */
  readonly jitter: number;
  /** Percent. */
  readonly loss: number;
  /** Wall-clock ms. */
  readonly at: number;
}

/** Means over all reports that have a score; whole numbers as in {@link QualityReport}. */
export interface QualityMean extends Omit<QualityReport, "at"> {
  /** How many there were. */
  readonly samples: number;
}

/** What one party has reported. */
export interface QualitySummary {
  /** Packets lost since the beginning, by its last report. */
  readonly lost: number;
  /** Undefined while no report had a score. */
  readonly average: QualityMean | undefined;
  /** Report with the lowest score, the first of several. */
  readonly lowest: QualityReport | undefined;
  /** Report with the highest score, the first of several. */
  readonly highest: QualityReport | undefined;
  /** About ten reports over the whole time. */
  readonly progression: {
    /** Whole seconds between them. */
    readonly interval: number;
    /** Oldest first. */
    readonly entries: readonly QualityReport[];
  };
}

/** Reports kept; when there are more every second one is forgotten. */
const MAX_KEPT = 64;
/** As in rtpengine; and a flood of reports costs nothing. */
const MIN_GAP_MS = 1000;
/** Steps of the progression. */
const STEPS = 10;

/** Collects reports. */
export class QualityHistory {
  /** Packets lost since the beginning, by the last report. */
  lost = 0;
  readonly #kept: QualityReport[] = [];
  #last: QualityReport | undefined;
  /** One report in this many is kept. */
  #stride = 1;
  #count = 0;
  #lowest: QualityReport | undefined;
  #highest: QualityReport | undefined;
  readonly #sums = { samples: 0, mos: 0, roundTrip: 0, leg: 0, jitter: 0, loss: 0 };

  /** Takes in the next report. One that follows another within a second adds nothing. */
  add(report: QualityReport): void {
    if (this.#last !== undefined && Math.abs(report.at - this.#last.at) < MIN_GAP_MS) return;
    this.#last = report;
    if (this.#count++ % this.#stride === 0) this.#keep(report);
    if (report.mos === 0) return;
    if (this.#lowest === undefined || report.mos < this.#lowest.mos) this.#lowest = report;
    if (this.#highest === undefined || report.mos > this.#highest.mos) this.#highest = report;
    const sums = this.#sums;
    sums.samples++;
    sums.mos += report.mos;
    sums.roundTrip += report.roundTrip;
    sums.leg += report.leg;
    sums.jitter += report.jitter;
    sums.loss += report.loss;
  }

  /** Mean score, 1..5; undefined while no report had one. */
  get mos(): number | undefined {
    const { samples, mos } = this.#sums;
    return samples === 0 ? undefined : mos / samples / 10;
  }

  /** What has been reported so far; undefined before the first report. */
  summary(): QualitySummary | undefined {
    if (this.#last === undefined) return undefined;
    const { lost } = this;
    const [lowest, highest] = [this.#lowest, this.#highest];
    return { lost, average: this.#average(), lowest, highest, progression: this.#progression() };
  }

  #keep(report: QualityReport): void {
    const kept = this.#kept;
    kept.push(report);
    if (kept.length < MAX_KEPT) return;
    for (let i = 0; i < kept.length / 2; i++) kept[i] = kept[i * 2]!;
    kept.length /= 2;
    this.#stride *= 2;
  }

  #average(): QualityMean | undefined {
    const { samples, mos, roundTrip, leg, jitter, loss } = this.#sums;
    if (samples === 0) return undefined;
    const mean = (sum: number) => Math.floor(sum / samples);
    return {
      samples,
      mos: mean(mos),
      roundTrip: mean(roundTrip),
      leg: mean(leg),
      jitter: mean(jitter),
      loss: mean(loss),
    };
  }

  /** The first report and then the first one after each tenth of the time. */
  #progression(): QualitySummary["progression"] {
    const last = this.#last!;
    const kept = this.#kept.at(-1) === last ? this.#kept : [...this.#kept, last];
    const start = kept[0]!.at;
    const span = Math.max(0, last.at - start);
    const entries: QualityReport[] = [];
    let step = 0;
    for (const report of kept) {
      const passed = report.at - start;
      if (passed < Math.floor(span * step / STEPS)) continue;
      entries.push(report);
      // reports far apart may jump over more than one step
      step = span === 0 ? 0 : Math.max(step, Math.floor(passed * STEPS / span)) + 1;
    }
    return { interval: Math.floor(span / STEPS / 1000), entries };
  }
}
