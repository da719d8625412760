/**
 * All commands, declared once.
 *
 * @module
 */

import { later, type WordTable, works } from "./word.ts";

/** Commands by name, as they are compared: exactly. */
export const COMMANDS: WordTable = {
  "ping": works("Answered with `pong`"),
  "offer": works("An SDP offer passes: ports are opened, the rewritten description is returned"),
  "answer": works("The SDP answer to it passes back"),
  "delete": works("A call, a party or a branch ends; statistics are returned"),
  "list": works("Call-IDs of the calls there are"),
  "query": works("State and statistics of a call"),
  "statistics": works("The statistics of `list jsonstats` as a dictionary"),
  "cli": works("One line of the control tree, answered as text"),
  "block media": works("Packets of a party, or towards one, are dropped"),
  "unblock media": works("The end of `block media`"),
  "silence media": works("Payloads are replaced by silence"),
  "unsilence media": works("The end of `silence media`"),
  "block silence media": later("publish/subscribe", "`block media` and `silence media` in one"),
  "unblock silence media": later("publish/subscribe", "The end of both"),
  "block DTMF": works("DTMF events of a party are dropped"),
  "unblock DTMF": works("The end of `block DTMF`"),
  "start recording": later("recording", "Recording of a call begins or goes on"),
  "pause recording": later("recording", "Recording stops until it is started again"),
  "stop recording": later("recording", "Recording ends"),
  "start forwarding": later("recording", "Audio is also sent to the recording daemon's TCP peer"),
  "stop forwarding": later("recording", "The end of `start forwarding`"),
  "play media": later("media playback", "A file is played to a party"),
  "stop media": later("media playback", "The end of `play media`"),
  "play DTMF": later("media playback", "A DTMF digit is put into a party's media"),
  "publish": works("A party that only sends enters a call"),
  "subscribe request": works("An offer that carries other parties' media"),
  "subscribe answer": works("The answer to that offer"),
  "unsubscribe": works("A subscription ends"),
  "inject start": later("codecs and transcoding", "One party's audio is mixed into another's"),
  "inject stop": later("codecs and transcoding", "The end of `inject start`"),
  "connect": works("Two parties are connected, of two calls if need be"),
  "create": works("An offer of our own, made from nothing"),
  "create answer": works("The answer to that offer"),
  "mesh": works("Many parties are connected with each other"),
  "transform": later("codecs and transcoding", "Media of another instance is transcoded here"),
};
