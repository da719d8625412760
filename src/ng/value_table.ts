/**
 * Values that keys other than lists may have.
 *
 * @module
 */

import { Vocabulary } from "./vocabulary.ts";
import { later, type WordTable, works } from "./word.ts";

function codecs(help: string) {
  return later("codecs and transcoding", help);
}

/** Operations of `codec`. */
export const CODEC_WORDS: WordTable = {
  "strip": works("These codecs are not offered onward; `all` and `full` mean every one"),
  "ignore": works("These codecs count as not offered, but are offered onward"),
  "except": works("These codecs are kept from `strip=all` and `mask=all`"),
  "offer": works("Like `except`, and they come in this order"),
  "transcode": codecs("These codecs are added and translated"),
  "mask": codecs("These codecs are hidden and kept for translation"),
  "consume": codecs("Like `mask`, and media is always translated"),
  "accept": codecs("These codecs are accepted even if the answer refuses them"),
  "set": codecs("Parameters of encoders"),
};

/** Values of `transport protocol`. */
export const PROTOCOL_WORDS: WordTable = {
  "RTP/AVP": works("Plain RTP"),
  "RTP/AVPF": works("RTP with feedback (RFC 4585)"),
  "RTP/SAVP": works("SRTP"),
  "RTP/SAVPF": works("SRTP with feedback"),
  "UDP/TLS/RTP/SAVP": works("SRTP with keys by DTLS"),
  "UDP/TLS/RTP/SAVPF": works("SRTP with feedback and keys by DTLS"),
  "accept": works("An answer's own protocol is kept"),
};

/** Values of `endpoint-learning`. */
export const LEARNING_WORDS: WordTable = {
  "off": works("The address of the description counts"),
  "immediate": works("The first packet's source counts"),
  "delayed": works("The last source within three seconds counts"),
  "heuristic": works("Sources that are like the described address count more"),
};

/** Values of `all`. */
export const SCOPE_WORDS: WordTable = {
  "none": works("The party that is named"),
  "all": works("Everybody"),
  "offer-answer": works("Connections made by offer and answer"),
  "except-offer-answer": works("All other connections"),
  "flows": works("Connections one by one"),
};

/** Values of `media echo`. */
export const ECHO_WORDS: WordTable = {
  "blackhole": works("Media of both parties is dropped"),
  "forward": works("The called party hears itself, the caller nothing"),
  "backwards": works("The caller hears itself, the called party nothing"),
  "both": works("Both hear themselves"),
};

/** Values of `drop-traffic`. */
export const DROP_WORDS: WordTable = {
  "start": works("All packets of the call are dropped"),
  "stop": works("They are forwarded again"),
};

/** Values of `address family`. */
export const FAMILY_WORDS: WordTable = {
  "IP4": works("IPv4"),
  "IP6": works("IPv6"),
};

/** Items of `supports`. */
export const CAPABILITY_WORDS: WordTable = {
  "load limit": works("A call that is too many is answered by `load limit` instead of an error"),
};

/** Values of `record call`. */
export const RECORD_WORDS: WordTable = {
  "yes": later("recording", "The call is recorded"),
  "no": later("recording", "The call is not recorded"),
  "discard": later("recording", "What was recorded is deleted"),
};

/** Keys of `sdp-attr`'s sections. */
export const EDIT_WORDS: WordTable = {
  "add": works("Attributes to add"),
  "remove": works("Attributes to remove, by name, name and value, or as a whole"),
  "substitute": works("Pairs of an attribute and what stands in its place"),
};

/** Items of `sdp-media-remove`. */
export const MEDIA_WORDS: WordTable = {
  "audio": works("`m=audio`"),
  "video": works("`m=video`"),
  "image": works("`m=image`"),
  "message": works("`m=message`"),
  "text": works("`m=text`"),
  "application": works("`m=application`"),
  "other": works("Any other type"),
};

/** Keys of `extmap`. */
export const EXTMAP_WORDS: WordTable = {
  "strip": works("Header extensions neither described nor forwarded, by URI, or `all`"),
  "mask": works("Header extensions not described onward and not forwarded, but accepted"),
};

/** Values of `alias-key`. */
export const ALIAS_WORDS: WordTable = {
  "off": works("An unknown tag is a new party"),
  "SDP": works("An unknown tag with a known description is another name of its party"),
  "address": works("The same by the address of the description"),
};

/** Values of `SIP message type`. */
export const MESSAGE_WORDS: WordTable = {
  "SIP request": works("The description came in a request"),
  "SIP response": works("The description came in a response"),
};

function vocabulary(words: WordTable, aliases?: Readonly<Record<string, string>>): Vocabulary {
  return new Vocabulary(Object.keys(words), aliases);
}

/** Finds operations of `codec`. */
export const CODEC_OPERATIONS: Vocabulary = vocabulary(CODEC_WORDS);
/** Finds values of `transport protocol`. */
export const TRANSPORT_PROTOCOLS: Vocabulary = vocabulary(PROTOCOL_WORDS);
/** Finds values of `endpoint-learning`. */
export const LEARNING_MODES: Vocabulary = vocabulary(LEARNING_WORDS, { none: "off" });
/** Finds values of `all`. */
export const ALL_SCOPES: Vocabulary = vocabulary(SCOPE_WORDS);
/** Finds values of `media echo`. */
export const ECHO_MODES: Vocabulary = vocabulary(ECHO_WORDS, {
  sinkhole: "blackhole",
  backward: "backwards",
});
/** Finds values of `drop-traffic`. */
export const DROP_MODES: Vocabulary = vocabulary(DROP_WORDS);
/** Finds items of `supports`. */
export const CAPABILITIES: Vocabulary = vocabulary(CAPABILITY_WORDS);
/** Finds values of `alias-key`. */
export const ALIAS_KEYS: Vocabulary = vocabulary(ALIAS_WORDS, { endpoint: "address" });
