import assert from "node:assert/strict";
import { Bench, type Keys, type Reply } from "./fixture_test_support.ts";
import { A, B } from "./scenario_test_support.ts";

const OFFER =
  "m=audio 4000 RTP/AVP 8 0 96 101\na=rtpmap:96 opus/48000/2\na=fmtp:96 useinbandfec=1\n" +
  "a=rtpmap:101 telephone-event/8000\n";

/** Format list of the first m-line. */
function formats(reply: Reply): string {
  return /^m=\S+ \d+ \S+ (.*)\r$/m.exec(reply.sdp)![1]!;
}

function offered(keys: Keys): string {
  return formats(new Bench().offer(A + OFFER, keys));
}

Deno.test("codec flags edit the offered list, lines of stripped codecs included", () => {
  assert.equal(offered({ flags: ["codec-strip-PCMA"] }), "0 96 101");
  assert.equal(offered({ flags: ["codec-mask-opus"] }), "8 0 101");
  assert.equal(offered({ flags: ["codec-strip-all", "codec-offer-PCMU"] }), "0");
  const reply = new Bench().offer(A + OFFER, { flags: ["codec-strip-opus"] });
  assert.equal(reply.sdp.includes("useinbandfec"), false);
});

Deno.test("stripping everything keeps the list, or rejects the section when that is allowed", () => {
  assert.equal(offered({ flags: ["codec-strip-all"] }), "8 0 96 101");
  const flags = ["codec-strip-all", "allow-no-codec-media"];
  assert.match(new Bench().offer(A + OFFER, { flags }).sdp, /^m=audio 0 RTP\/AVP 8 0 96 101\r$/m);
});

Deno.test("an answer does not contain what was ignored or stripped, and one codec if asked", () => {
  const answerTo = (offerKeys: Keys, answerKeys: Keys) => {
    const bench = new Bench();
    bench.offer(A + OFFER, offerKeys);
    return formats(bench.answer(
      B + "m=audio 5000 RTP/AVP 0 8 101\n" +
        "a=rtpmap:101 telephone-event/8000\n",
      answerKeys,
    ));
  };
  assert.equal(answerTo({ flags: ["codec-ignore-PCMA"] }, {}), "0 101");
  assert.equal(answerTo({}, { flags: ["codec-strip-PCMU"] }), "8 101");
  assert.equal(answerTo({}, { flags: ["single-codec"] }), "0 101");
});
