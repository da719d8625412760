/**
 * The ng commands as statistics name them: in requests_total, jsonstats and the table of `list totals`.
 *
 * @module
 */

/** How one ng command appears in statistics. */
export interface CommandName {
  /** As on the wire and in the `request` label. */
  readonly request: string;
  /** Stem of the jsonstats keys (`<short>count`, `<short>duration`, `total<short>count`). */
  readonly short: string;
  /** Column heading of the control statistics in `list totals`. */
  readonly column: string;
}

/** All counted commands, in rtpengine's order. */
export const COMMANDS: readonly CommandName[] = ([
  ["ping", "ping", "Ping"],
  ["offer", "offer", "Offer"],
  ["answer", "answer", "Answer"],
  ["delete", "delete", "Delete"],
  ["query", "query", "Query"],
  ["list", "list", "List"],
  ["start recording", "startrec", "StartRec"],
  ["stop recording", "stoprec", "StopRec"],
  ["pause recording", "pauserec", "PauseRec"],
  ["start forwarding", "startfwd", "StartFwd"],
  ["stop forwarding", "stopfwd", "StopFwd"],
  ["block DTMF", "blkdtmf", "BlkDTMF"],
  ["unblock DTMF", "unblkdtmf", "UnblkDTMF"],
  ["block media", "blkmedia", "BlkMedia"],
  ["unblock media", "unblkmedia", "UnblkMedia"],
  ["play media", "playmedia", "PlayMedia"],
  ["stop media", "stopmedia", "StopMedia"],
  ["play DTMF", "playdtmf", "PlayDTMF"],
  ["statistics", "stats", "Stats"],
  ["silence media", "slnmedia", "SlnMedia"],
  ["unsilence media", "unslnmedia", "UnslnMedia"],
  ["block silence media", "blkslnmedia", "BlkSlnMedia"],
  ["unblock silence media", "unblkslnmedia", "UnblkSlnMedia"],
  ["publish", "pub", "Pub"],
  ["subscribe request", "subreq", "SubReq"],
  ["subscribe answer", "subans", "SubAns"],
  ["unsubscribe", "unsub", "Unsub"],
  ["inject start", "injstart", "InjStart"],
  ["inject stop", "injstop", "InjStop"],
  ["connect", "conn", "Conn"],
  ["cli", "cli", "CLI"],
  ["transform", "trnsfm", "Trnsfm"],
  ["create", "create", "Create"],
  ["create answer", "crtansw", "CrtAnsw"],
] as const).map(([request, short, column]) => ({ request, short, column }));
