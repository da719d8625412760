/**
 * What README.md says of the appliance, step by step as it is written: flash, boot, open the page, point Kamailio at it.
 */

import assert from "node:assert/strict";
import { root, warn } from "../../tools/proc.ts";
import { Browser } from "../dashboard/browser.ts";
import { oracleUnavailable } from "../oracle/mod.ts";
import { must, run } from "../support/process.ts";
import { build } from "./images.ts";
import { kamailioCall } from "./kamailio.ts";
import { Machine, machineUnavailable, Network } from "./machine.ts";

async function reason(): Promise<string | undefined> {
  if (Deno.env.get("IMAGE_LONG") === undefined) return "it takes minutes: deno task image:test";
  const chromium = await run(["sh", "-c", "command -v chromium"]);
  if (!chromium.success) return "chromium is not installed";
  return oracleUnavailable() ?? await machineUnavailable("amd64");
}

const unavailable = await reason();
if (unavailable !== undefined) warn(`steps of README.md: not run: ${unavailable}`);

const NAME = "admin";
const PASSWORD = "correct horse battery staple";
/** How long an emulated machine may take for a page, in ms. */
const PATIENCE = 120_000;
const PICTURES = `${root}/build/image-test`;

/** Puts an image on a disk with the command of README.md. */
async function flash(image: string, disk: string): Promise<void> {
  const text = await Deno.readTextFile(`${root}/README.md`);
  const command = /`(dd if=dist\/image\/amd64\/rtpedge-\S+-amd64\.img of=\/dev\/sdX [^`]*)`/
    .exec(text)?.[1];
  assert.ok(command, "README.md has no dd");
  // a file stands for the disk: it does not shrink
  await Deno.writeFile(disk, new Uint8Array());
  await Deno.truncate(disk, 2 * 2 ** 30);
  const words = command.replace(/if=\S+/, `if=${image}`).replace("of=/dev/sdX", `of=${disk}`)
    .replace(/conv=/, "conv=notrunc,").split(" ");
  await must(words, { timeout: 600_000 });
}

Deno.test({
  name: "the steps of README.md lead from an image to a call of Kamailio",
  ignore: unavailable !== undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-readme-", dir: "/var/tmp" });
    try {
      const image = await build({ board: "amd64", version: "1.0.0", name: "readme" });
      const disk = `${folder}/disk.img`;
      await t.step("1. flash", () => flash(`${image}.img`, disk));
      await using network = await Network.create();
      await using machine = await Machine.start({ board: "amd64", disk, network, folder });
      let address = "";
      let code = "";
      let token = "";
      await t.step("2. boot", async () => {
        code = (await machine.expect(/Set-up code, good once: (\S+)/, 900))[1]!;
        address = (await machine.expect(/https:\/\/(192\.0\.2\.\d+)\//, 900))[1]!;
        await machine.expect(/self-test {5}passed/, 900);
      });
      try {
        await t.step("3. open the page, make the administrator and a token", async () => {
          await using browser = await Browser.start(network.ns, `https://${address}`);
          await browser.send("Page.navigate", { url: `https://${address}/` });
          await browser.until("document.querySelector('#field-code')", "the set-up page", PATIENCE);
          await browser.picture(`${PICTURES}/setup.png`);
          await browser.type("#field-code", code);
          await browser.type("#field-name", NAME);
          await browser.type("#field-password", PASSWORD);
          await browser.type("#field-again", PASSWORD);
          await browser.click("button[type=submit]");
          await browser.until("location.pathname === '/ui/'", "the first page", PATIENCE);
          await browser.until(
            "document.querySelector('#pulse')?.dataset.state === 'live'",
            "life",
            PATIENCE,
          );
          await browser.picture(`${PICTURES}/overview.png`);
          const overview = await browser.text("main") ?? "";
          assert.match(overview, /Packets per second/);
          assert.doesNotMatch(overview, /cannot be read|Open files allowed|Disk of the data/);
          await browser.send("Page.navigate", { url: `https://${address}/ui/security` });
          await browser.until(
            "document.querySelector('#new-token') && document.documentElement.dataset.ready",
            "the security page",
            PATIENCE,
          );
          await browser.evaluate(
            `document.querySelector("#new-token").closest("details").open = true`,
          );
          await browser.click("#new-token input[value=ng]");
          await browser.type("#new-token [name=name]", "kamailio");
          await browser.click("#new-token button[type=submit]");
          await browser.until(
            "!document.querySelector('#token-made').hidden",
            "the token",
            PATIENCE,
          );
          await browser.picture(`${PICTURES}/token.png`);
          token = await browser.text("#token-text") ?? "";
          assert.match(token, /^rtpe_/);
          await browser.send("Page.navigate", { url: `https://${address}/ui/system` });
          await browser.until(
            "document.querySelector('main')?.innerText.includes('rtpedge-amd64')",
            "the slots",
            PATIENCE,
          );
          await browser.picture(`${PICTURES}/system.png`);
          assert.deepEqual(browser.complaints, []);
          assert.deepEqual(browser.strangers, []);
        });
        await t.step("4. point Kamailio at it", () => kamailioCall(network, address, token));
      } catch (error) {
        warn(machine.tail(0, 80));
        throw error;
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
