import assert from "node:assert/strict";
import {
  answeredIce,
  iceOfAnswered,
  iceOfAnswerer,
  iceOfOfferer,
  readIce,
  wantsLite,
} from "./ice.ts";
import { request } from "./request_test_support.ts";
import { type IceAgreement, MAX_CANDIDATES, type RemoteIce } from "./secure_state.ts";
import { countingSource, described, withSession } from "./secure_test_support.ts";

const PWD = "p".repeat(22);
const OFFER = request();
const { random } = countingSource();
const NOTHING = { ice: undefined, lite: false };

function remote(ufrag: string, ...more: string[]): RemoteIce {
  const { sdp, section } = described(`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${PWD}`, ...more);
  return readIce(sdp, section)!;
}

function host(port: number): string {
  return `a=candidate:1 1 UDP 1000 192.0.2.1 ${port} typ host`;
}

function agreed(ice: IceAgreement | undefined): IceAgreement {
  return { ...ice!, stage: "agreed" };
}

Deno.test("readIce takes credentials and options of the session level where a section has none", () => {
  const { sdp, section } = withSession(
    ["a=ice-ufrag:sess", `a=ice-pwd:${PWD}`, "a=ice-options:ice2 trickle", "a=ice-lite"],
    ["a=ice-ufrag:sect", host(2000), host(2000), "a=candidate:nonsense"],
  );
  const ice = readIce(sdp, section)!;
  assert.deepEqual(ice.credentials, { ufrag: "sect", pwd: PWD });
  assert.ok(ice.trickle && ice.lite && !ice.complete);
  assert.equal(ice.candidates.length, 1);
});

Deno.test("readIce finds no ICE where credentials are missing or RFC 8839 does not allow them", () => {
  const cases = [
    [],
    ["a=ice-ufrag:good"],
    [`a=ice-pwd:${PWD}`],
    ["a=ice-ufrag:abc", `a=ice-pwd:${PWD}`],
    ["a=ice-ufrag:good", "a=ice-pwd:short"],
    ["a=ice-ufrag:go od", `a=ice-pwd:${PWD}`],
    ["a=ice-ufrag", "a=ice-pwd"],
    [`a=ice-ufrag:${"u".repeat(257)}`, `a=ice-pwd:${PWD}`],
  ];
  for (const lines of cases) {
    const { sdp, section } = described(...lines);
    assert.equal(readIce(sdp, section), undefined, lines.join());
  }
});

Deno.test("readIce keeps a limited number of candidates, and knows when there are no more", () => {
  const many = Array.from({ length: 2 * MAX_CANDIDATES }, (_, i) => host(1000 + i));
  assert.equal(remote("many", ...many).candidates.length, MAX_CANDIDATES);
  assert.ok(remote("full").complete, "without trickle everything is said at once");
  assert.ok(!remote("more", "a=ice-options:trickle").complete);
  assert.ok(remote("done", "a=ice-options:trickle", "a=end-of-candidates").complete);
});

Deno.test("iceOfOfferer keeps our credentials until the offerer restarts", () => {
  const first = iceOfOfferer(OFFER, NOTHING, remote("aaaa"), random)!;
  assert.deepEqual([first.stage, first.generation], ["offered", 0]);
  const again = iceOfOfferer(OFFER, { ice: agreed(first), lite: false }, remote("aaaa"), random)!;
  assert.deepEqual(again.local.credentials, first.local.credentials);
  assert.deepEqual([again.stage, again.generation], ["agreed", 0]);
  const restarted = iceOfOfferer(
    OFFER,
    { ice: agreed(first), lite: false },
    remote("bbbb"),
    random,
  )!;
  assert.notDeepEqual(restarted.local.credentials, first.local.credentials);
  assert.deepEqual([restarted.stage, restarted.generation], ["offered", 1]);
});

Deno.test("iceOfOfferer remembers candidates that came before, but not over a restart", () => {
  const first = iceOfOfferer(OFFER, NOTHING, remote("aaaa", host(2000)), random)!;
  const before = { ice: agreed(first), lite: false };
  const ports = (ice: IceAgreement | undefined) =>
    ice!.remote!.candidates.map(({ endpoint }) => endpoint.port);
  assert.deepEqual(ports(iceOfOfferer(OFFER, before, remote("aaaa", host(2002)), random)), [
    2002,
    2000,
  ]);
  assert.deepEqual(ports(iceOfOfferer(OFFER, before, remote("bbbb", host(2002)), random)), [2002]);
});

Deno.test("iceOfOfferer takes no ICE under `reject ICE`, and restarts under `reset`", () => {
  const first = iceOfOfferer(OFFER, NOTHING, remote("aaaa"), random)!;
  const reject = request({ flags: ["reject ICE"] });
  assert.equal(iceOfOfferer(reject, NOTHING, remote("aaaa"), random), undefined);
  const reset = iceOfOfferer(
    request({ flags: ["reset"] }),
    { ice: agreed(first), lite: false },
    remote("aaaa"),
    random,
  )!;
  assert.equal(reset.generation, 1);
  assert.notDeepEqual(reset.local.credentials, first.local.credentials);
});

Deno.test("iceOfAnswerer is offered what was offered, what is in use, or what the request asks for", () => {
  const ice = (keys: string, before: IceAgreement | undefined, heard: boolean, known: boolean) =>
    iceOfAnswerer(
      keys === "" ? OFFER : request({ ICE: keys }),
      { ice: before, lite: false },
      heard,
      known,
      random,
    );
  const used = agreed(ice("", undefined, true, false));
  assert.ok(ice("", undefined, true, false));
  assert.equal(ice("", undefined, false, false), undefined);
  assert.equal(ice("", undefined, true, true), undefined, "a party that refused is left in peace");
  assert.ok(ice("force", undefined, false, true));
  assert.ok(ice("", used, false, true), "what is in use stays");
  assert.equal(ice("remove", used, true, true), undefined);
});

Deno.test("answeredIce agrees, sees restarts, and lets ICE go where there is none", () => {
  const offered = iceOfAnswerer(OFFER, NOTHING, true, false, random);
  const before = { ice: offered, lite: false };
  const ice = answeredIce(before, remote("bbbb"))!;
  assert.deepEqual([ice.stage, ice.generation], ["agreed", 0]);
  assert.equal(answeredIce({ ice, lite: false }, remote("bbbb"))!.generation, 0);
  assert.equal(answeredIce({ ice, lite: false }, remote("cccc"))!.generation, 1);
  assert.equal(answeredIce(before, undefined), undefined);
  assert.equal(
    answeredIce(NOTHING, remote("bbbb")),
    undefined,
    "what was not offered is not agreed",
  );
});

Deno.test("answeredIce counts a restart of ours once", () => {
  const ice = answeredIce(
    { ice: iceOfAnswerer(OFFER, NOTHING, true, false, random), lite: false },
    remote("bbbb"),
  );
  const reset = iceOfAnswerer(
    request({ flags: ["reset"] }),
    { ice, lite: false },
    true,
    true,
    random,
  );
  assert.equal(reset!.generation, 1);
  assert.equal(answeredIce({ ice: reset, lite: false }, remote("cccc"))!.generation, 1);
});

Deno.test("iceOfAnswered follows the request", () => {
  const ice = iceOfOfferer(OFFER, NOTHING, remote("aaaa"), random);
  assert.equal(iceOfAnswered(OFFER, { ice, lite: false })!.stage, "agreed");
  assert.equal(iceOfAnswered(request({ ICE: "remove" }), { ice, lite: false }), undefined);
});

Deno.test("wantsLite stays as it was told last", () => {
  const lite = (value: string, side: "forward" | "backward", before: boolean) =>
    wantsLite(value === "" ? OFFER : request({ "ICE-lite": value }), side, before);
  assert.deepEqual([lite("forward", "forward", false), lite("forward", "backward", false)], [
    true,
    false,
  ]);
  assert.deepEqual([lite("both", "forward", false), lite("both", "backward", false)], [true, true]);
  assert.deepEqual([lite("", "forward", true), lite("off", "forward", true)], [true, false]);
});
