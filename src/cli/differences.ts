/**
 * Where the control tree answers differently from rtpengine on purpose, with the reason. The comparison
 * with the oracle accepts exactly these, and `docs/metrics.md` lists them.
 *
 * @module
 */

/** One command line that is answered differently. */
export interface CliDifference {
  /** The command line, with a call `call-1` of a party `ft1`. */
  readonly line: string;
  /** rtpengine's answer. */
  readonly theirs: string;
  /** Our answer. */
  readonly ours: string;
  /** Why. */
  readonly reason: string;
}

const NO_NEGATIVE = "A negative limit would refuse every call, or wrap to a huge number";
const WRONG_NAME = "rtpengine names another option in the answer";
const NOT_A_NUMBER = "rtpengine takes a word that is no number for 0";
const MEDIA_ENGINE = "Needs the media engine, which is not part of this build";

/** All accepted differences, in the order in which the comparison asks. */
export const CLI_DIFFERENCES: readonly CliDifference[] = [
  {
    line: "set maxcpu -1",
    theirs: "Success setting maxcpu to -1.0\n",
    ours: "Fail setting maxcpu to -1; errno=0\n",
    reason: NO_NEGATIVE,
  },
  {
    line: "set maxload -1",
    theirs: "Success setting maxload to -1.00\n",
    ours: "Fail setting maxload to -1; errno=0\n",
    reason: NO_NEGATIVE,
  },
  {
    line: "set maxbw -1",
    theirs: "Success setting maxbw to 18446744073709551615\n",
    ours: "Fail setting maxbw to -1; errno=0\n",
    reason: NO_NEGATIVE,
  },
  {
    line: "set loglevel nope 5",
    theirs: "Success setting loglevel to 5\n",
    ours: "Fail setting loglevel to 5; no subsystem named nope\n",
    reason: "rtpengine reports success although there is no such subsystem",
  },
  {
    line: "set controltos 16",
    theirs: "Success setting redis-connect-timeout to 16\n",
    ours: "Success setting control-tos to 16\n",
    reason: WRONG_NAME,
  },
  {
    line: "set controltos x",
    theirs: "Success setting redis-connect-timeout to 0\n",
    ours: "Invalid control-tos value x, must be between 0 and 255\n",
    reason: NOT_A_NUMBER,
  },
  {
    line: "set redisallowederrors x",
    theirs: "Success setting redis-allowed-errors to 0\n",
    ours: "Invalid redis-allowed-errors value x, must be >= -1\n",
    reason: NOT_A_NUMBER,
  },
  {
    line: "set redisdisabletime x",
    theirs: "Success setting redis-disable-time to 0\n",
    ours: "Invalid redis-disable-time value x, must be >= 0\n",
    reason: NOT_A_NUMBER,
  },
  {
    line: "set redisconnecttimeout x",
    theirs: "Invalid redis-connect-timeout value 0, must be > 0\n",
    ours: "Invalid redis-connect-timeout value x, must be > 0\n",
    reason: "The answer names the value that was given",
  },
  {
    line: "set rediscmdtimeout x",
    theirs: "Success setting redis-cmd-timeout to 0\n",
    ours: "Invalid redis-cmd-timeout value x, must be >= 0\n",
    reason: NOT_A_NUMBER,
  },
  {
    line: "set maxcpu 0x10",
    theirs: "Success setting maxcpu to 16.0\n",
    ours: "Success setting maxcpu to 0.0\n",
    reason: "Numbers are decimal in every command; rtpengine reads hexadecimal in some",
  },
  {
    line: "call call-1 tag ft1 delay 50",
    theirs: "Setting delay to 50\n",
    ours: `Fail setting delay to 50; needs the media engine, which is not part of this build\n`,
    reason: MEDIA_ENGINE,
  },
  {
    line: "call call-1 tag ft1 detect-dtmf 1",
    theirs: "Enabling audio DTMF detection\n",
    ours:
      `Fail setting detect-dtmf to 1; needs the media engine, which is not part of this build\n`,
    reason: MEDIA_ENGINE,
  },
  {
    line: "terminate al",
    theirs: "All calls terminated by operator.\n",
    ours: "\nCall Id not found (al).\n\n",
    reason: "rtpengine takes any beginning of the word; a mistyped call-id must not end every call",
  },
];

/** Differences that are not a matter of one command line. */
export const CLI_NOTES: readonly string[] = [
  "`Current sessions ip mixed  media` counts calls with both families in use on our side; rtpengine counts those whose `address family` is not their offerer's, and the others by the offerer's family.",
  "`params diff` also lists offer-timeout, delete-delay and control-tos, and `params start` never prints passwords.",
  "`media reload file PATH` answers `Failed to reload 'PATH'`; rtpengine crashes when no media cache is configured.",
  "`list sessions` of one call shows the call duration with a resolution of one millisecond.",
  "`terminate` and `call ... terminate` are both counted as forced terminations; rtpengine does not count the second.",
];
