/**
 * How long calls live: every timeout at once, with short values.
 *
 * @module
 */

import { type Case, media } from "./case.ts";
import { rtp } from "./packet.ts";
import { describe, type Keys, portOf, type Scene } from "./scene.ts";

/** Seconds after the beginning at which calls are looked for; every end is more than 300 ms away. */
const LOOKS = [1.6, 4.8, 7.9, 10.9, 13.9];
const OPTIONS = [
  "--timeout=3",
  "--offer-timeout=6",
  "--silent-timeout=9",
  "--final-timeout=12",
  "--delete-delay=2",
];

function section(phone: string, direction = "sendrecv"): string {
  return describe(phone, 1, `m=audio ${portOf(phone)} RTP/AVP 8`, `a=${direction}`);
}

/** Who sends a packet each second, to which port. */
interface Talker {
  readonly from: string;
  readonly to: number;
}

/** Makes the calls. @returns who talks in them */
async function calls(scene: Scene): Promise<Talker[]> {
  const ask = async (command: string, id: string, keys: Keys) => {
    const reply = await scene.command(command, { "call-id": id, "from-tag": "a", ...keys });
    return Number(/^m=audio (\d+)/m.exec(String(reply["sdp"] ?? ""))?.[1]);
  };
  const offer = (id: string, keys: Keys = {}, phone = "A0") =>
    ask("offer", id, { sdp: section(phone), ...keys });
  const answer = (id: string, keys: Keys = {}, phone = "B0") =>
    ask("answer", id, { "to-tag": "b", sdp: section(phone), ...keys });
  await offer("offered");
  await offer("offered on hold", { sdp: section("A0", "inactive") });
  await offer("answered");
  await answer("answered");
  await offer("on hold", { sdp: section("A0", "inactive") });
  await answer("on hold", { sdp: section("B0", "inactive") });
  await offer("one branch pending", { "via-branch": "1" });
  await offer("one branch pending", { "via-branch": "2" });
  await answer("one branch pending", { "via-branch": "1" });
  await offer("deleted", {}, "A2");
  const deleted = await answer("deleted");
  await scene.command("delete", { "call-id": "deleted" });
  await offer("deleted twice", {}, "A4");
  const twice = await answer("deleted twice");
  await scene.command("delete", { "call-id": "deleted twice", "delete delay": 1 });
  await scene.command("delete", { "call-id": "deleted twice", "delete delay": 6 });
  await offer("talking", {}, "A6");
  const talking = await answer("talking");
  await offer("dropped", { "drop-traffic": "start" }, "A8");
  const dropped = await answer("dropped");
  return [
    { from: "A2", to: deleted },
    { from: "A4", to: twice },
    { from: "A6", to: talking },
    { from: "A8", to: dropped },
  ];
}

const LIVES: Case = {
  name: "calls end when nobody speaks, answers or waits any more",
  oracle: "same",
  expected: [
    "1.6 s: answered, deleted, deleted twice, dropped, offered, offered on hold, on hold, " +
    "one branch pending, talking",
    "4.8 s: deleted twice, offered, offered on hold, on hold, one branch pending, talking",
    "7.9 s: offered on hold, on hold, talking",
    "10.9 s: talking",
    "13.9 s: ",
  ],
  async act(scene) {
    const begin = performance.now();
    const talkers = await calls(scene);
    let sequence = 0;
    for (const look of LOOKS) {
      while (performance.now() - begin < look * 1000) {
        sequence++;
        for (const { from, to } of talkers) {
          await scene.send(from, to, rtp(8, 0xa, sequence, "A"));
        }
        await scene.pause(Math.min(800, Math.max(0, begin + look * 1000 - performance.now())));
      }
      const { calls } = await scene.command("list", { limit: 100 });
      const names = Array.isArray(calls) ? calls.map(String).sort() : [];
      scene.note(`${look} s: ${names.join(", ")}`);
    }
  },
};

media("timeouts", [LIVES], OPTIONS);
