/**
 * Mean opinion scores from delay, jitter and loss.
 *
 * The default is the E-model (ITU-T G.107) in the simplified form of Assem, Malone, Dunne and O'Sullivan,
 * with its coefficients for G.711; `G.107.2` is the fullband E-model; `legacy` is the rule of thumb older
 * monitoring tools use.
 *
 * @module
 */

/** How scores are computed. */
export interface MosModel {
  /** Which formula. */
  readonly formula: "G.107" | "G.107.2" | "legacy";
  /** Listening quality (LQ): delay does not count. Otherwise conversational quality (CQ). */
  readonly listening: boolean;
}

/** What `mos` stands for when nothing is said. */
export const DEFAULT_MOS: MosModel = { formula: "G.107", listening: false };

/** What a score is computed from. */
export interface MosInput {
  /** Round trip between the parties, ms. */
  readonly roundTrip: number;
  /** Interarrival jitter, ms. */
  readonly jitter: number;
  /** Lost packets, percent. */
  readonly loss: number;
  /** RTP clock rate, Hz: the fullband formula is for 48000 only. */
  readonly clockRate: number;
}

/**
 * Reads values of the option `mos`.
 *
 * @throws RangeError naming a value that is none
 */
export function mosModel(words: readonly string[]): MosModel {
  let { formula, listening } = DEFAULT_MOS;
  for (const word of words) {
    switch (word.toLowerCase()) {
      case "cq":
        listening = false;
        break;
      case "lq":
        listening = true;
        break;
      case "g.107":
        formula = "G.107";
        break;
      case "g.107.2":
        formula = "G.107.2";
        break;
      case "legacy":
        formula = "legacy";
        break;
      default:
        throw new RangeError(`mos has no value ${word}`);
    }
  }
  return { formula, listening };
}

/** The score, 1 to 4.5. */
export function mosScore({ formula, listening }: MosModel, input: MosInput): number {
  const heard = listening ? { ...input, roundTrip: 0 } : input;
  if (formula === "legacy") return scoreOf(legacyRating(heard));
  if (formula === "G.107.2" && input.clockRate === 48_000) return scoreOf(fullbandRating(heard));
  return scoreOf(narrowbandRating(heard));
}

/** ITU-T G.107 annex B. Below 6.5 the polynomial turns up again. */
function scoreOf(rating: number): number {
  if (rating < 6.5) return 1;
  if (rating > 100) return 4.5;
  return Math.max(1, 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating));
}

/** One-way delay in ms: half the round trip, and what a jitter buffer adds. */
function oneWay({ roundTrip, jitter }: MosInput): number {
  return roundTrip / 2 + jitter;
}

const NARROWBAND_MAX = 93.2;
/** Of the quadratic correction for G.711. */
const QUADRATIC = { a: 0.18, b: -27.9, c: 1126.62 };
/** Where the parabola is lowest; beyond it loss would make things better. */
const VERTEX = -QUADRATIC.b / (2 * QUADRATIC.a);
/** Points of rating per percent of loss beyond the vertex. */
const BEYOND = 2.5;

function narrowbandRating(input: MosInput): number {
  const delay = oneWay(input);
  const late = Math.max(0, delay - 177.3);
  const plain = NARROWBAND_MAX - input.loss;
  const x = Math.max(plain, VERTEX);
  const corrected = QUADRATIC.a * x * x + QUADRATIC.b * x + QUADRATIC.c - (x - plain) * BEYOND;
  return corrected - 0.024 * delay - 0.11 * late;
}

/** Highest rating, impairment by the codec and robustness against loss, on the fullband scale. */
const FULLBAND = { max: 148, equipment: 11, robustness: 4.4, lossScale: 132 };

function fullbandRating(input: MosInput): number {
  const { max, equipment, robustness, lossScale } = FULLBAND;
  const byLoss = (lossScale - equipment) * input.loss / (input.loss + robustness);
  return (max - equipment - byLoss) / (max / 100) - delayImpairment(oneWay(input));
}

/** Idd of ITU-T G.107 section 7.4. */
function delayImpairment(delay: number): number {
  if (delay <= 100) return 0;
  const x = Math.log2(delay / 100);
  return 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2);
}

function legacyRating({ roundTrip, jitter, loss }: MosInput): number {
  const latency = roundTrip + 2 * jitter + 10;
  const byDelay = latency < 160 ? latency / 40 : (latency - 120) / 10;
  return NARROWBAND_MAX - byDelay - 2.5 * loss;
}
