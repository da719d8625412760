/**
 * Messages of the old protocols, grouped into dialogues; what rtpengine answers to them is the
 * expectation, see `recorded.ts`.
 *
 * @module
 */

/** One message. */
export interface Message {
  /** `udp`: an rtpproxy command, sent under a cookie of its own. `tcp`: a mediaproxy line. */
  readonly over: "udp" | "tcp";
  /** `{call}` stands for the dialogue's own call-id. */
  readonly text: string;
}

/** Messages sent one after the other. */
export interface Dialogue {
  /** Unique. */
  readonly name: string;
  /** In order. */
  readonly messages: readonly Message[];
  /** Today's rtpengine answers: it dies of every offer and of `VF` alone, and is silent to others. */
  readonly harmless: boolean;
}

function udp(name: string, ...texts: string[]): Dialogue {
  return make(name, "udp", texts, false);
}

function tcp(name: string, ...texts: string[]): Dialogue {
  return make(name, "tcp", texts, false);
}

function harmless(name: string, over: Message["over"], ...texts: string[]): Dialogue {
  return make(name, over, texts, true);
}

function make(
  name: string,
  over: Message["over"],
  texts: readonly string[],
  harmless: boolean,
): Dialogue {
  return { name, messages: texts.map((text) => ({ over, text })), harmless };
}

const TAIL = "198.51.100.9 from local to remote Agent info=from:x,to:y,fromtag:a,totag:";
const A = "198.51.100.1";
const B = "198.51.100.2";

/** All of them. */
export const DIALOGUES: readonly Dialogue[] = [
  harmless("status without calls", "tcp", "status"),
  harmless("version", "udp", "V", "v", "V extra", "VX"),
  harmless(
    "features",
    "udp",
    ...["20040107", "20050322", "20060704", "20071116", "20081102", "2004", "20040107x"].map(
      (date) => `VF ${date}`,
    ),
    "vf 20040107",
    "VF  20050322 extra",
  ),
  harmless(
    "commands nobody knows",
    "udp",
    "",
    "X",
    "I",
    "Ib",
    "G nsess_created",
    "Z c 1 2 3",
    "P1 {call} /tmp/x session a;1 ",
    "S {call} a;1 ",
    "R {call} a",
    "C {call} a b",
  ),
  harmless(
    "incomplete commands",
    "udp",
    "U",
    "U {call}",
    `U {call} ${A}`,
    "L",
    "D",
    "D {call}",
    "D  x",
    "Q",
    "Q {call}",
  ),
  harmless(
    "media that is not told completely is given back",
    "udp",
    `U {call} ${A} 2000`,
    `U {call} ${A} 2000 a`,
    `U {call} ${A} 2000 a;`,
    `U {call} ${A} 2000 ;1`,
    `U {call} ${A} 2000 a;x`,
    `U {call} ${A} 2000 a;-1`,
    `U {call} ${A} 2000 a;1 b`,
    `U {call} ${A} abc a;1`,
    "U {call} host 2000 a;1",
    "U {call} [::1] 2000 a;1",
    "U {call} ::1%lo 2000 a;1",
    `U ;x ${A} 2000 a;1`,
    `L {call} ${A} 2000 a`,
  ),
  udp("calls nobody knows", "D {call} a b", "D {call};branch a", "Q {call} a b"),
  udp("answer to no offer", `L {call} ${B} 4000 a;1 b;1`),
  udp("offer and answer", `Uc8,0,101 {call} ${A} 2000 a;1`, `Lc8 {call} ${B} 4000 a;1 b;1`),
  udp("the same offer again", `U {call} ${A} 2000 a;1`, `U {call} ${A} 2000 a;1`),
  udp(
    "re-offer by the caller",
    `U {call} ${A} 2000 a;1`,
    `L {call} ${B} 4000 a;1 b;1`,
    `U {call} ${A} 2000 a;1 b;1`,
    `L {call} ${B} 4000 a;1 b;1`,
  ),
  udp(
    "re-offer by the callee",
    `U {call} ${A} 2000 a;1`,
    `L {call} ${B} 4000 a;1 b;1`,
    `U {call} ${B} 4000 b;1 a;1`,
    `L {call} ${A} 2000 b;1 a;1`,
  ),
  udp("lower case and line ends", `u {call} ${A}  2000  a;1\r\n`),
  udp("a tag of the callee in the offer", `U {call} ${A} 2000 a;1 b;1`),
  udp("words after the tags", `U {call} ${A} 2000 a;1 b;1 foo "bar" `),
  udp("a branch", `U {call};z9hG4bK1 ${A} 2000 a;1`, `L {call};z9hG4bK1 ${B} 4000 a;1 b;1`),
  udp("semicolons in tags", `U {call} ${A} 2000 a;b;1`, `U {call} ${A} 2000 a;b;1`),
  udp("section 0 is the first", `U {call} ${A} 2000 a;0`, `U {call} ${A} 2000 a;1`),
  udp("IPv6", "U6 {call} 2001:DB8::1 2000 a;1", "L6 {call} 2001:db8::2 4000 a;1 b;1"),
  udp("from the inside to the outside", `UIE {call} ${A} 2000 a;1`, `LEI {call} ${B} 4000 a;1 b;1`),
  udp("from the outside to the inside", `UEI {call} ${A} 2000 a;1`, `LIE {call} ${B} 4000 a;1 b;1`),
  udp("on the outside", `Uce8E {call} ${A} 2000 a;1`),
  udp("one interface is named", `UI {call} ${A} 2000 a;1`, `L {call} ${B} 4000 a;1 b;1`),
  udp("a third interface letter", `UIEI {call} ${A} 2000 a;1`),
  udp(
    "interfaces named in the answer only",
    `U {call} ${A} 2000 a;1`,
    `LEI {call} ${B} 4000 a;1 b;1`,
  ),
  udp("on hold", "U {call} 0.0.0.0 2000 a;1"),
  udp("a rejected section", `U {call} ${A} 0 a;1`),
  udp("addresses that are none", `U {call} 999.51.100.1 2000 a;1`, "U {call} 198.51.100 2000 a;1"),
  udp("delete", `U {call} ${A} 2000 a;1`, "D {call} a", "D {call} a"),
  udp(
    "delete by tags",
    `U {call} ${A} 2000 a;1`,
    `L {call} ${B} 4000 a;1 b;1`,
    "D {call} x",
    "D {call} x b",
    "D {call} a x",
    "D {call} b a",
    "D {call};br a;1 b;1",
  ),
  udp("query an offer", `U {call} ${A} 2000 a;1`, "Q {call} a"),
  udp("query a call", `U {call} ${A} 2000 a;1`, `L {call} ${B} 4000 a;1 b;1`, "Q {call} a;1 b;1"),
  udp("query by the callee", `U {call} ${A} 2000 a;1`, `L {call} ${B} 4000 a;1 b;1`, "Q {call} b"),
  tcp("request", `request {call} ${A}:2000:audio ${TAIL}`),
  tcp(
    "request and lookup",
    `request {call} ${A}:2000:audio ${TAIL}`,
    `lookup {call} ${B}:4000:audio ${TAIL}b`,
    "delete {call} info=fromtag:a",
  ),
  tcp("a stream without a type", `request {call} ${A}:2000 ${TAIL}`),
  tcp("a stream and a comma", `request {call} ${A}:2000:audio, ${TAIL}`),
  tcp("spaces", `request   {call}  ${A}:2000:audio ${TAIL}`),
  tcp("a rejected stream", `request {call} ${A}:0:audio ${TAIL}`),
  tcp("a stream on hold", `request {call} 0.0.0.0:2000:audio ${TAIL}`),
  tcp("a tag of the callee", `request {call} ${A}:2000:audio ${TAIL}b`),
  tcp("an empty tag", `request {call} ${A}:2000:audio - - - - - - info=fromtag:`),
  harmless(
    "lines nobody understands",
    "tcp",
    "STATUS",
    "status x",
    "help",
    "quit",
    "exit",
    "delete {call} info=fromtag:a",
    `lookup {call} ${B}:4000:audio ${TAIL}b`,
    `request {call} ${A}:2000:audio - - - - - info=fromtag:a`,
    `request {call} ${A}:2000:audio - - - - - - info=from:x`,
    `REQUEST {call} ${A}:2000:audio ${TAIL}`,
  ),
  harmless("version and controls", "tcp", "version", "build", "controls", "version\r"),
];
