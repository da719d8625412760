import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { generateKey, selfSign } from "../../src/tls/self_signed.ts";
import { Agent, type Finished, run, until } from "../support/mod.ts";
import { findings } from "./axe.ts";
import type { Browser } from "./browser.ts";
import { browserUnavailable, signIn, type Stage } from "./stage.ts";
import { configurationOf, FILE, openUpkeepStage } from "./upkeep_stage.ts";

const reason = await browserUnavailable();
const FOLDER = new URL("../../build/screenshots/", import.meta.url);
const NG = { host: "127.0.0.1", port: 2223 };
const MAIN = fileURLToPath(new URL("../../mod.ts", import.meta.url));
const PASSPHRASE = "twelve or more letters";

/** Runs `rtpedge …` on the stage's host. */
async function terminal(stage: Stage, words: readonly string[], stdin?: string): Promise<Finished> {
  const argv = [Deno.execPath(), "run", "-A", "--no-check", MAIN, ...words];
  return await run(stage.ns.argv(argv), {
    env: { NO_COLOR: "1", RTPEDGE_SOCKET: `${stage.home}/console/socket` },
    ...(stdin === undefined ? {} : { stdin }),
  });
}

// deno-lint-ignore no-explicit-any
async function ctl(stage: Stage, ...words: readonly string[]): Promise<any> {
  const { code, stdout, stderr } = await terminal(stage, ["ctl", ...words, "--json"]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

/** Opens a folded part and sends the form in it. */
async function send(browser: Browser, form: string, fields: Readonly<Record<string, string>>) {
  await browser.evaluate(
    `document.querySelector(${JSON.stringify(form)}).closest("details").open = true`,
  );
  for (const [name, value] of Object.entries(fields)) {
    await browser.type(`${form} [name="${name}"]`, value);
  }
  await browser.click(`${form} button[type=submit]`);
}

async function shows(browser: Browser, selector: string, text: string): Promise<void> {
  await browser.until(
    `document.querySelector(${JSON.stringify(selector)})?.innerText.includes(${
      JSON.stringify(text)
    })`,
    `${selector} shows ${text}`,
  );
}

async function pings(agent: Agent): Promise<boolean> {
  return await agent.ng(NG, { command: "ping" }, "bencode", 1500).then(() => true, () => false);
}

Deno.test({
  name: "security, logs, system and health do in a browser what they say, and the terminal agrees",
  ignore: reason !== undefined,
  fn: async (t) => {
    await Deno.mkdir(FOLDER, { recursive: true });
    await using stage = await openUpkeepStage();
    await using agent = await Agent.start(stage.ns);
    await using browser = await stage.browser();
    const picture = (name: string) => browser.picture(new URL(`${name}.png`, FOLDER).pathname);
    const step = async (name: string, fn: () => Promise<void>): Promise<void> => {
      if (!await t.step(name, fn)) throw new Error(`"${name}" failed, the rest was left out`);
    };

    await step("only root and the daemon's user get to the socket", async () => {
      const { mode } = await Deno.stat(`${stage.home}/console`);
      assert.equal(mode! & 0o777, 0o700);
      const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
      const curl = ["curl", "--silent", "--unix-socket", `${stage.home}/console/socket`];
      const url = "http://localhost/api/v1/users";
      assert.equal((await run(stage.ns.argv([...curl, url]))).stdout.trim(), "[]");
      assert.notEqual((await run(stage.ns.argv([...nobody, ...curl, url]))).code, 0);
    });

    await step("a user is added, gets another role, and is removed", async () => {
      await signIn(stage, browser);
      await browser.open("/ui/security");
      await send(browser, "form[data-api='POST /users']", {
        name: "vera",
        password: "a long enough password",
      });
      await shows(browser, "#users table", "vera");
      await browser.click("button[data-api='PATCH /users/vera'][data-body*=operator]");
      await browser.confirm();
      await shows(browser, "#users table", "operator");
      const users = await ctl(stage, "user", "list");
      assert.deepEqual(users.map(({ name, role }: Record<string, string>) => `${name} ${role}`), [
        "ada admin",
        "vera operator",
      ]);
      await browser.click("button[data-api='DELETE /users/vera']");
      await browser.confirm();
      await browser.until("!document.querySelector('#users').innerText.includes('vera')");
    });

    await step("a token is shown once, works, and is revoked", async () => {
      await browser.evaluate(
        `document.querySelector("#new-token").closest("details").open = true`,
      );
      await browser.click("#new-token input[value=read]");
      await send(browser, "#new-token", { name: "prometheus" });
      await browser.until("!document.querySelector('#token-made').hidden", "the token is shown");
      await picture("security-token");
      const token = await browser.text("#token-text") ?? "";
      assert.match(token, /^rtpe_[0-9a-f]{12}_[\w-]{43}$/);
      await browser.click("#token-seen");
      await shows(browser, "#tokens table", "prometheus");
      assert.ok(!String(await browser.evaluate("document.body.innerText")).includes(token));
      const api = `${stage.origin}/api/v1/status`;
      const ask = async () =>
        (await run(stage.ns.argv([
          ...["curl", "--silent", "--insecure", "--output", "/dev/null"],
          ...["--write-out", "%{http_code}", "-H", `Authorization: Bearer ${token}`, api],
        ]))).stdout;
      assert.equal(await ask(), "200");
      await browser.click("#tokens button.danger");
      await browser.confirm();
      await browser.until("!document.querySelector('#tokens').innerText.includes('prometheus')");
      assert.equal(await ask(), "401");
    });

    await step("an allow-list shuts a listener, and opens it again, at once", async () => {
      assert.equal(await pings(agent), true);
      const form = "form[data-api='PUT /allow-lists/control-allow-ng']";
      await send(browser, form, { entries: "192.0.2.0/24" });
      await shows(browser, "#allow-lists table", "192.0.2.0/24");
      assert.equal(await pings(agent), false);
      await send(browser, form, { entries: "127.0.0.1" });
      await browser.until(
        "!document.querySelector('#allow-lists table').innerText.includes('192')",
      );
      assert.equal(await pings(agent), true);
      await send(browser, "form[data-api='PUT /allow-lists/control-allow-https']", {
        entries: "192.0.2.0/24",
      });
      await shows(
        browser,
        "form[data-api$='control-allow-https'] [data-error]",
        "where you are now",
      );
    });

    await step("a certificate is uploaded without a restart, and taken back", async () => {
      const key = await generateKey();
      const certificate = await selfSign(key, ["relay.example.com"], Date.now());
      await send(browser, "#certificate-upload", { certificate, key: await generateKey() });
      await shows(browser, "#certificate-upload [data-error]", "does not belong");
      await send(browser, "#certificate-upload", { certificate, key });
      await shows(browser, "#certificate", "relay.example.com");
      const presented = await run(stage.ns.argv([
        ...["sh", "-c", "openssl s_client -connect 127.0.0.1:2226 </dev/null 2>/dev/null"],
        ...[],
      ]));
      assert.ok(presented.stdout.includes(certificate.split("\n")[1] ?? "nothing"));
      assert.deepEqual(await findings(browser), []);
      await browser.click("button[data-api='DELETE /certificate']");
      await browser.confirm();
      await shows(browser, "#certificate", "made by rtpedge");
    });

    await step("the audit log has all of it", async () => {
      await browser.open("/ui/security/audit");
      for (
        const action of ["user.create", "token.revoke", "allow-list.change", "certificate.upload"]
      ) {
        await shows(browser, "main", action);
      }
    });

    await step("the log follows, filters and pauses", async () => {
      await browser.open("/ui/logs");
      await shows(browser, "#log-state", "Live");
      await agent.ng(NG, { command: "query", "call-id": "wanted-call" }).catch(() => {});
      await ctl(stage, "user", "list");
      const shown = () => browser.evaluate("document.querySelectorAll('#log li').length");
      const before = Number(await shown());
      await browser.click("#log-pause");
      await terminal(stage, ["ctl", "config", "set", "log-level=6"]);
      await shows(browser, "#log-state", "new entries wait");
      assert.equal(await shown(), before);
      await browser.click("#log-pause");
      await shows(browser, "#log", "configuration.apply");
      await browser.type("#field-text", "no entry has this");
      await browser.click("#log-filter button");
      await shows(browser, "#log-empty", "No entry matches");
      await browser.open("/ui/logs?text=allow-list");
      await shows(browser, "#log", "allow-list.change");
      assert.equal(await browser.evaluate("document.querySelectorAll('#log li').length > 0"), true);
    });

    await step("a change of the configuration is checked, applied and taken back", async () => {
      await browser.open("/ui/system");
      await browser.type("#option-search", "timeout");
      await browser.click("button[data-option='timeout']");
      await browser.until("document.querySelector('#option-dialog[open]')");
      await browser.type("#option-value", "90");
      await browser.click("#option-form button[value=put]");
      await shows(browser, "#configuration-review", "timeout: 60 → 90 at once");
      await picture("system-review");
      assert.deepEqual(await findings(browser), []);
      await browser.type("#configuration-comment", "from a test");
      await browser.click("#configuration-apply");
      await browser.confirm();
      await shows(browser, "#history", "from a test");
      assert.match(await Deno.readTextFile(configurationOf(stage)), /# timeout = 60\ntimeout = 90/);
      const { stdout } = await terminal(stage, ["ctl", "--port", "9900", "list", "timeout"]);
      assert.match(stdout, /90/);
      await browser.type("#configuration-text", "[rtpengine]\ntimeout = soon\n");
      await browser.click("#configuration-form button[type=submit]");
      await shows(browser, "#configuration-review", "is not");
      assert.equal(await browser.text("#configuration-apply"), undefined);
      const history = await ctl(stage, "config", "history");
      await browser.open(`/ui/system/history/${history.at(-1).number}`);
      await picture("system-revision");
      await browser.click("button[data-api$=revert]");
      await browser.confirm();
      await browser.ready("/ui/system");
      assert.equal(await Deno.readTextFile(configurationOf(stage)), FILE);
    });

    await step("a backup is kept, looked into, and restored", async () => {
      const downloads = await Deno.makeTempDir({ dir: stage.home });
      await browser.send("Browser.setDownloadBehavior", {
        behavior: "allow",
        downloadPath: downloads,
      }).catch(() =>
        browser.send("Page.setDownloadBehavior", { behavior: "allow", downloadPath: downloads })
      );
      await browser.open("/ui/system");
      await browser.type("#backup-form [name=passphrase]", PASSPHRASE);
      await browser.click("#backup-form button[type=submit]");
      const name = await until("the backup is there", async () => {
        for await (const entry of Deno.readDir(downloads)) {
          if (entry.name.endsWith(".json")) return entry.name;
        }
        return undefined;
      });
      assert.match(name, /^rtpedge-backup-.*-with-secrets\.json$/);
      const path = `${downloads}/${name}`;
      await terminal(stage, ["ctl", "user", "add", "mallory", "admin"], "a long enough password\n");
      await terminal(stage, ["ctl", "config", "set", "timeout=77"]);
      const { root } = await browser.send("DOM.getDocument") as { root: { nodeId: number } };
      const { nodeId } = await browser.send("DOM.querySelector", {
        nodeId: root.nodeId,
        selector: "#restore-file",
      }) as { nodeId: number };
      await browser.send("DOM.setFileInputFiles", { nodeId, files: [path] });
      await browser.type("#field-restore-passphrase", PASSPHRASE);
      await browser.click("#restore-form button[type=submit]");
      await shows(browser, "#restore-report", "removed: mallory");
      await shows(browser, "#restore-report", "changes timeout");
      await picture("system-restore");
      await browser.click("#restore-go");
      await browser.confirm();
      await shows(browser, "#history", "restored from a backup");
      assert.equal(await Deno.readTextFile(configurationOf(stage)), FILE);
      const users = await ctl(stage, "user", "list");
      assert.deepEqual(users.map(({ name }: { name: string }) => name), ["ada"]);
    });

    await step("health says the same in the browser and in the terminal", async () => {
      await browser.open("/ui/health");
      const titles = await browser.evaluate(
        "[...document.querySelectorAll('.finding h3')].map((one) => one.textContent)",
      ) as string[];
      const { stdout, code } = await terminal(stage, ["doctor", "--json"]);
      const { facts, level } = JSON.parse(stdout);
      assert.deepEqual(
        titles.toSorted(),
        facts.map(({ title }: { title: string }) => title).toSorted(),
      );
      assert.equal(code, level === "problem" ? 1 : 0);
      const alone = await terminal(stage, ["doctor", `--config-file=${configurationOf(stage)}`]);
      assert.match(alone.stdout, /^ok +Kernel module +not asked for/m);
      assert.match(alone.stderr, /no daemon was asked/);
    });

    await step("a call is captured from the terminal, and tcpdump can read it", async () => {
      await using _callers = await stage.callers(4, 50);
      const id = "call-1@example.com";
      const { calls } = await ctl(stage, "calls", id);
      assert.equal(calls[0].id, id);
      const file = `${stage.home}/call.pcapng`;
      const state = await ctl(
        stage,
        "capture",
        id,
        "--packets",
        "40",
        "--seconds",
        "20",
        "--file",
        file,
      );
      assert.deepEqual([state.packets, state.because], [40, "packets"]);
      const { stdout, stderr, code } = await run(["tcpdump", "-n", "-r", file]);
      assert.equal(code, 0, stderr);
      const lines = stdout.trim().split("\n");
      assert.equal(lines.length, 40);
      assert.ok(
        lines.every((line) => /IP 127\.0\.0\.\d\.\d+ > 127\.0\.0\.\d\.\d+: UDP/.test(line)),
        `${lines[0]}`,
      );
      assert.match(stderr, /link-type RAW/);
    });

    assert.deepEqual(browser.strangers, []);
    const unexpected = browser.complaints.filter((text) => !/status of (409|422|401)/.test(text));
    assert.deepEqual(unexpected, []);
  },
});
