/**
 * The scripts of the appliance against folders that stand for its devices; units as systemd judges them.
 */

import assert from "node:assert/strict";
import { root, warn } from "../../tools/proc.ts";
import { must, run } from "../support/process.ts";

const SLOTS = `${root}/image/rootfs/usr/lib/rtpedge/slots`;
const TUNE = `${root}/systemd/lib/tune-queues`;
/** Units that are sandboxed; systemd 252 gives them 2.1, 1.8 and 2.3. */
const SANDBOXED = [
  "rtpedge.service",
  "rtpedge-firewall.service",
  "rtpedge-firewall-update.service",
];
/** Exposure that a unit may have, times ten. */
const EXPOSURE = 25;

/** An ESP as the image has it: slot A good, slot B never installed. */
async function esp(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "rtpedge-esp-" });
  await Deno.mkdir(`${folder}/loader/entries`, { recursive: true });
  await Deno.mkdir(`${folder}/rtpedge/a`, { recursive: true });
  await Deno.writeTextFile(`${folder}/rtpedge/a/entry`, "title a\n");
  await Deno.writeTextFile(
    `${folder}/loader/entries/rtpedge-a.conf`,
    "title a\nsort-key rtpedge-5000\n",
  );
  await Deno.writeTextFile(`${folder}/cmdline`, "quiet rauc.slot=A ro\n");
  return folder;
}

async function installB(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/rtpedge/b`, { recursive: true });
  await Deno.writeTextFile(`${folder}/rtpedge/b/entry`, "title b\n");
}

function slots(folder: string, ...args: string[]) {
  return run([SLOTS, ...args], {
    env: { RTPEDGE_ESP: folder, RTPEDGE_CMDLINE: `${folder}/cmdline` },
  });
}

function entries(folder: string): string[] {
  return [...Deno.readDirSync(`${folder}/loader/entries`)].map(({ name }) => name).sort();
}

async function withEsp(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await esp();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("slots: a fresh image boots A, and B is bad", () =>
  withEsp(async (folder) => {
    assert.equal((await slots(folder, "get-primary")).stdout, "A\n");
    assert.equal((await slots(folder, "get-current")).stdout, "A\n");
    assert.equal((await slots(folder, "get-state", "A")).stdout, "good\n");
    assert.equal((await slots(folder, "get-state", "B")).stdout, "bad\n");
    assert.equal((await slots(folder, "on-trial")).success, false);
    assert.equal((await slots(folder, "set-primary", "B")).success, false);
    assert.equal((await slots(folder, "set-state", "B", "bad")).success, true);
    assert.deepEqual(entries(folder), ["rtpedge-a.conf"]);
  }));

Deno.test("slots: an installed slot is tried three times, before the other, until it is good", () =>
  withEsp(async (folder) => {
    await installB(folder);
    assert.equal((await slots(folder, "set-primary", "B")).success, true);
    assert.deepEqual(entries(folder), ["rtpedge-a.conf", "rtpedge-b+3.conf"]);
    assert.equal((await slots(folder, "get-primary")).stdout, "B\n");
    const text = await Deno.readTextFile(`${folder}/loader/entries/rtpedge-b+3.conf`);
    assert.equal(text, "title b\nsort-key rtpedge-4999\n");
    // as the boot loader counts
    await Deno.rename(
      `${folder}/loader/entries/rtpedge-b+3.conf`,
      `${folder}/loader/entries/rtpedge-b+2-1.conf`,
    );
    await Deno.writeTextFile(`${folder}/cmdline`, "rauc.slot=B\n");
    assert.equal((await slots(folder, "on-trial")).success, true);
    assert.equal((await slots(folder, "set-state", "B", "good")).success, true);
    assert.deepEqual(entries(folder), ["rtpedge-a.conf", "rtpedge-b.conf"]);
    assert.equal((await slots(folder, "on-trial")).success, false);
    // and back
    assert.equal((await slots(folder, "set-primary", "A")).success, true);
    assert.equal((await slots(folder, "get-primary")).stdout, "A\n");
    assert.match(
      await Deno.readTextFile(`${folder}/loader/entries/rtpedge-a+3.conf`),
      /sort-key rtpedge-4998\n$/,
    );
  }));

Deno.test("slots: one whose tries are used up, or that is given up, is not booted", () =>
  withEsp(async (folder) => {
    await installB(folder);
    await slots(folder, "set-primary", "B");
    await Deno.rename(
      `${folder}/loader/entries/rtpedge-b+3.conf`,
      `${folder}/loader/entries/rtpedge-b+0-3.conf`,
    );
    assert.equal((await slots(folder, "get-state", "B")).stdout, "bad\n");
    assert.equal((await slots(folder, "get-primary")).stdout, "A\n");
    await slots(folder, "set-primary", "B");
    assert.deepEqual(entries(folder), ["rtpedge-a.conf", "rtpedge-b+3.conf"]);
    await slots(folder, "set-state", "B", "bad");
    assert.deepEqual(entries(folder), ["rtpedge-a.conf", "rtpedge-b+0.conf"]);
  }));

Deno.test("slots: what an interrupted rename left is put right", () =>
  withEsp(async (folder) => {
    await installB(folder);
    for (const name of ["rtpedge-b.conf", "rtpedge-b+2-1.conf", "rtpedge-b.tmp"]) {
      await Deno.writeTextFile(
        `${folder}/loader/entries/${name}`,
        "title b\nsort-key rtpedge-4999\n",
      );
    }
    assert.equal((await slots(folder, "get-state", "B")).stdout, "good\n");
    await slots(folder, "set-state", "B", "bad");
    assert.deepEqual(entries(folder).filter((name) => name.endsWith(".conf")), [
      "rtpedge-a.conf",
      "rtpedge-b+0.conf",
    ]);
  }));

Deno.test("tune-queues spreads over all CPUs what one queue receives, and gives queues CPUs of their own", async () => {
  const folder = await Deno.makeTempDir({ prefix: "rtpedge-queues-" });
  try {
    const queues = `${folder}/net/eth0/queues`;
    for (const name of ["rx-0", "tx-0", "tx-1"]) {
      await Deno.mkdir(`${queues}/${name}`, { recursive: true });
      for (const file of ["rps_cpus", "rps_flow_cnt", "xps_cpus"]) {
        await Deno.writeTextFile(`${queues}/${name}/${file}`, "");
      }
    }
    await Deno.mkdir(`${folder}/sys/net/core`, { recursive: true });
    await Deno.writeTextFile(`${folder}/sys/net/core/rps_sock_flow_entries`, "");
    const tune = (cpus: number, link = "eth0") =>
      must([TUNE, link], {
        env: {
          RTPEDGE_SYSFS: `${folder}/net`,
          RTPEDGE_PROC: `${folder}/sys`,
          RTPEDGE_CPUS: String(cpus),
        },
      });
    const read = (path: string) => Deno.readTextFileSync(`${queues}/${path}`).trim();
    await tune(4);
    assert.deepEqual([read("rx-0/rps_cpus"), read("rx-0/rps_flow_cnt")], ["0000000f", "32768"]);
    assert.deepEqual([read("tx-0/xps_cpus"), read("tx-1/xps_cpus")], ["00000005", "0000000a"]);
    await tune(40);
    assert.equal(read("rx-0/rps_cpus"), "000000ff,ffffffff");
    // a link that is gone, and a host with one CPU
    await tune(4, "gone0");
    await tune(1);
    assert.equal(read("rx-0/rps_cpus"), "000000ff,ffffffff");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

for (const unit of SANDBOXED) {
  Deno.test(`${unit} is exposed to no more than ${EXPOSURE / 10} of 10`, async () => {
    const { success, stdout, stderr } = await run([
      "systemd-analyze",
      "security",
      "--offline=true",
      `--threshold=${EXPOSURE}`,
      "--no-pager",
      `${root}/systemd/${unit}`,
    ]);
    warn((stdout + stderr).trim().split("\n").at(-1)?.trim() ?? "");
    assert.ok(success, stdout + stderr);
  });
}

Deno.test("the packet filter is what nft understands, and lets in what it should", async () => {
  const rules = "flush set inet rtpedge media\nadd element inet rtpedge media { 30000-39999 }\n";
  const listed = await must([
    "unshare",
    "-n",
    "sh",
    "-euc",
    `nft -f ${root}/systemd/firewall.nft; nft -f ${root}/systemd/firewall.nft; printf '%s' "$RULES" | nft -f -; nft list ruleset`,
  ], { env: { RULES: rules } });
  assert.match(listed, /30000-39999/);
  assert.match(listed, /hook input priority filter; policy drop/);
  assert.equal(listed.match(/table inet rtpedge/g)?.length, 1);
});

Deno.test("every script of the appliance parses", async () => {
  const folders = [
    "image/rootfs/usr/lib/rtpedge",
    "systemd/lib",
    "image/initrd",
    "image/rauc",
    "systemd/packaging/debian",
  ];
  let count = 0;
  for (const folder of folders) {
    for await (const { name } of Deno.readDir(`${root}/${folder}`)) {
      const path = `${root}/${folder}/${name}`;
      if (!(await Deno.readTextFile(path)).startsWith("#!")) continue;
      await must(["sh", "-n", path]);
      assert.ok(((await Deno.stat(path)).mode! & 0o111) !== 0, `${path} cannot be executed`);
      count++;
    }
  }
  assert.ok(count >= 12, `${count} scripts`);
});
