import assert from "node:assert/strict";
import { Agent, until } from "../support/mod.ts";
import { findings } from "./axe.ts";
import type { Browser, Loading } from "./browser.ts";
import { ADMIN, browserUnavailable, live, signIn, Stage } from "./stage.ts";

const reason = await browserUnavailable();
const FOLDER = new URL("../../build/screenshots/", import.meta.url);
const NG = { host: "127.0.0.1", port: 2223 };
const CALL = "call-1@example.com";
const CALL_PATH = `/ui/calls/${encodeURIComponent(CALL)}`;

/** Every page with the name of its pictures. */
const PAGES: readonly (readonly [name: string, path: string])[] = [
  ["overview", "/ui/"],
  ["calls", "/ui/calls"],
  ["call", CALL_PATH],
  ["call-fork", "/ui/calls/fork%40example.com"],
  ["call-web", "/ui/calls/web%40example.com"],
  ["interfaces", "/ui/interfaces"],
  ["clients", "/ui/clients"],
  ["console", "/ui/console"],
  ["security", "/ui/security"],
  ["audit", "/ui/security/audit"],
  ["logs", "/ui/logs"],
  ["system", "/ui/system"],
  ["health", "/ui/health"],
  ["missing", "/ui/nowhere"],
];
const LOOKS = [["desk", "light"], ["desk", "dark"], ["phone", "light"], ["phone", "dark"]] as const;
/** Rows that are cards have to be pushed sideways to be read. */
const SIDEWAYS = `[...document.querySelectorAll(".rows")].some((one) =>
  one.scrollWidth > one.clientWidth)`;
const MAX_BYTES = 150_000;
const MAX_READY_MS = 300;

/** What the page complained about, but for these; and forgets it. */
function complaints(browser: Browser, expected?: RegExp): string[] {
  return browser.complaints.splice(0).filter((text) => expected?.test(text) !== true);
}

/** Loads a page again when it was slow: other work on the machine can only make it slower. */
async function quickest(browser: Browser, path: string): Promise<Loading> {
  let best = await browser.open(path);
  for (let again = 0; again < 4 && !(best.readyMs < MAX_READY_MS); again++) {
    const loading = await browser.open(path);
    if (loading.readyMs < best.readyMs) best = loading;
  }
  return best;
}

async function query(agent: Agent, call: string) {
  // deno-lint-ignore no-explicit-any
  return await agent.ng(NG, { command: "query", "call-id": call }) as any;
}

/** RTP packets that went out to the parties of a call. */
async function sent(agent: Agent, call: string): Promise<number> {
  const { tags } = await query(agent, call);
  let packets = 0;
  for (const tag of Object.values(tags) as { medias: { streams: Stream[] }[] }[]) {
    packets += tag.medias[0]?.streams[0]?.stats_out.packets ?? 0;
  }
  return packets;
}

interface Stream {
  readonly "stats_out": { readonly packets: number };
}

Deno.test({
  name: "the dashboard, from the first start on, with real calls and a real browser",
  ignore: reason !== undefined,
  fn: async (t) => {
    await Deno.mkdir(FOLDER, { recursive: true });
    await using stage = await Stage.open();
    await using agent = await Agent.start(stage.ns);
    await using _callers = await stage.callers(60, 25);
    await using browser = await stage.browser();
    const step = async (name: string, fn: () => Promise<void>): Promise<void> => {
      // what follows begins where this has ended
      if (!await t.step(name, fn)) throw new Error(`"${name}" failed, the rest was left out`);
    };
    const picture = (name: string) => browser.picture(new URL(`${name}.png`, FOLDER).pathname);

    await step("the first start asks for the code and a good password", async () => {
      const code = await stage.setupCode();
      const { bytes } = await browser.open("/ui/calls", "/ui/setup");
      assert.ok(bytes < MAX_BYTES, `${bytes} bytes`);
      assert.deepEqual(await findings(browser), []);
      await picture("setup");
      const fill = async (given: string, password: string, again: string) => {
        await browser.type("#field-code", given);
        await browser.type("#field-name", ADMIN.name);
        await browser.type("#field-password", password);
        await browser.type("#field-again", again);
        await browser.click("button[type=submit]");
      };
      const shows = (text: string) =>
        browser.until(`document.querySelector("[data-error]").textContent.includes("${text}")`);
      await fill(code, ADMIN.password, "something else");
      await shows("not the same");
      await fill("0000-0000-0000", ADMIN.password, ADMIN.password);
      await shows("not the set-up code");
      await fill(code, "short", "short");
      await browser.until(`!document.querySelector("[data-error]").hidden`);
      await fill(code, ADMIN.password, ADMIN.password);
      await browser.ready("/ui/");
      stage.setUp = true;
      await live(browser);
      assert.deepEqual(complaints(browser, /status of (401|422)/), []);
    });

    await step("signing out and in, wrong passwords, waiting", async () => {
      await browser.click("button[data-api='DELETE /session']");
      await browser.ready("/ui/login");
      await browser.open("/ui/calls?search=x", "/ui/login");
      assert.deepEqual(await findings(browser), []);
      await picture("login");
      for (let attempt = 0; attempt < 6; attempt++) {
        await browser.type("#field-name", ADMIN.name);
        await browser.type("#field-password", `wrong ${attempt}`);
        await browser.press("Enter", 13);
        await browser.until(
          `!document.querySelector("[data-error]").hidden &&
            !document.querySelector("button[type=submit]").disabled`,
        );
      }
      assert.match(await browser.text("[data-error]") ?? "", /too many attempts/i);
      await browser.until(
        `fetch("/api/v1/session", { method: "POST", headers: { "Content-Type": "application/json" },
          body: ${JSON.stringify(JSON.stringify(ADMIN))} }).then(({ status }) => status === 201)`,
        "the wait is over",
      );
      // the session is there: the page that was asked for at first is shown
      await browser.open("/ui/login?next=%2Fui%2Fcalls%3Fsearch%3Dx", "/ui/calls");
      assert.match(String(await browser.evaluate("location.search")), /search=x/);
      await browser.open("/ui/login?next=https%3A%2F%2Fevil.example%2F", "/ui/");
      await browser.open("/ui/login?next=%2F%2Fevil.example%2F", "/ui/");
      assert.deepEqual(complaints(browser, /status of (401|429)/), []);
    });

    await step("every page: light, dark and phone, nothing that keeps people out", async () => {
      const wrong: string[] = [];
      for (const [name, path] of PAGES) {
        await browser.look("desk", "light");
        const { bytes, readyMs } = await quickest(browser, path);
        if (!(bytes < MAX_BYTES)) wrong.push(`${name}: ${bytes} bytes`);
        if (!(readyMs < MAX_READY_MS)) wrong.push(`${name}: ${readyMs} ms`);
        await live(browser);
        for (const [size, scheme] of LOOKS) {
          await browser.look(size, scheme);
          const wide = await browser.evaluate("document.documentElement.scrollWidth - innerWidth");
          if (Number(wide) > 0) wrong.push(`${name}, ${size}: ${wide} pixels too wide`);
          if (size === "phone" && await browser.evaluate(SIDEWAYS)) {
            wrong.push(`${name}: rows of a table are wider than the screen`);
          }
          for (const finding of await findings(browser)) {
            wrong.push(`${name}, ${size}, ${scheme}: ${finding}`);
          }
          await picture(`${name}-${size}-${scheme}`);
        }
        const expected = /status of 404 .*nowhere/;
        for (const complaint of complaints(browser, expected)) wrong.push(`${name}: ${complaint}`);
      }
      assert.deepEqual(wrong, []);
      await browser.look("desk", "light");
      assert.deepEqual(browser.strangers, []);
    });

    await step("colours that were chosen stay", async () => {
      await browser.open("/ui/");
      await browser.click("#theme");
      await browser.open("/ui/calls");
      assert.equal(await browser.evaluate("document.documentElement.dataset.theme"), "dark");
      await browser.click("#theme");
      assert.equal(await browser.evaluate("document.documentElement.dataset.theme"), "light");
    });

    await step("the keyboard is enough: content first, then the navigation", async () => {
      await browser.open("/ui/");
      await browser.press("Tab", 9);
      assert.equal(await browser.evaluate("document.activeElement.className"), "skip");
      await browser.press("Enter", 13);
      assert.equal(await browser.evaluate("document.activeElement.id"), "main");
      await browser.look("phone", "light");
      await browser.click("#menu");
      await until(
        "the focus is in the menu",
        async () =>
          await browser.evaluate("document.activeElement.closest('nav')?.id") === "side" ||
          undefined,
      );
      await picture("menu-phone-light");
      await browser.press("Escape", 27);
      assert.equal(await browser.evaluate("document.activeElement.id"), "menu");
      await browser.look("desk", "light");
    });

    await step("calls are found by call-id, tag, label and address as one types", async () => {
      await browser.open("/ui/calls");
      const heading = async () => await browser.text("#calls h2");
      assert.equal(await heading(), "63 calls");
      for (
        const [text, calls] of [
          ["reception", "1 call"],
          ["alice-42", "1 call"],
          ["nobody has this", "0 calls"],
          ["fork@", "1 call"],
          ["127.0.0.1", "63 calls"],
        ] as const
      ) {
        await browser.type("#search", text);
        await browser.until(`document.querySelector("#calls h2").textContent === "${calls}"`, text);
      }
      await browser.click("#calls .pager a");
      await browser.until(`location.search.includes("offset=50")`);
      await browser.until(`document.querySelectorAll("#calls tbody tr").length === 13`);
    });

    await step("calls are sorted by columns, with the keyboard too, and filtered", async () => {
      const column = (label: string) =>
        `[...document.querySelectorAll("#calls thead a")].find((a) => a.innerText === "${label}")`;
      const sorted = (label: string, order: string) =>
        browser.until(`${column(label)}.closest("th").ariaSort === "${order}"`, label);
      await browser.open("/ui/calls");
      assert.equal(
        await browser.evaluate(`${column("Started")}.closest("th").ariaSort`),
        "descending",
      );
      await browser.evaluate(`${column("Call-id and tags")}.click()`);
      await sorted("Call-id and tags", "ascending");
      assert.match(await browser.text("#calls tbody th") ?? "", /^call-10@/);
      assert.equal(await browser.evaluate("location.search"), "?sort=id%2C-started");
      assert.equal(await browser.text("#sort option:checked"), "By columns");
      for (const order of ["descending", "ascending"]) {
        await browser.evaluate(`${column("Lost")}.focus()`);
        await browser.press("Enter", 13);
        await sorted("Lost", order);
        assert.equal(await browser.evaluate("document.activeElement.innerText"), "Lost");
      }
      assert.equal(
        await browser.evaluate(`document.querySelectorAll("#calls [aria-sort]").length`),
        1,
      );
      const choose = (name: string, value: string) =>
        browser.evaluate(`{
          const select = document.getElementById("${name}");
          select.value = "${value}";
          select.dispatchEvent(new Event("change", { bubbles: true }));
        }`);
      const shows = (calls: string) =>
        browser.until(`document.querySelector("#calls h2").textContent === "${calls}"`, calls);
      await choose("problem", "one-way");
      await shows("1 call");
      assert.match(await browser.text("#calls tbody") ?? "", /call-5@example\.com[^]*One-way/);
      assert.match(String(await browser.evaluate("location.search")), /sort=loss%2Cid/);
      await picture("calls-one-way");
      await choose("problem", "no-media");
      await shows("2 calls");
      await choose("problem", "");
      await choose("lossOver", "25");
      await shows("0 calls");
      assert.match(await browser.text("#calls") ?? "", /No call matches/);
      assert.deepEqual(await findings(browser), []);
    });

    const flows = async () => {
      const before = await sent(agent, CALL);
      await new Promise((done) => setTimeout(done, 600));
      return await sent(agent, CALL) - before > 10;
    };

    await step("media is blocked and let pass again, seen over ng", async () => {
      assert.equal(await flows(), true);
      await browser.open(CALL_PATH);
      await browser.click("#block-media");
      await browser.confirm();
      await browser.until(`document.querySelector("#block-media").innerText === "Unblock media"`);
      assert.match(await browser.text("#summary") ?? "", /Media blocked/);
      await until("media stands still", async () => await flows() ? undefined : true);
      await browser.click("#block-media");
      await browser.confirm();
      await browser.until(`document.querySelector("#block-media").innerText === "Block media"`);
      await until("media flows", async () => await flows() ? true : undefined);
    });

    await step("silence and digits: the page and ng speak of the same", async () => {
      const says = (id: string, text: string) =>
        browser.until(`document.querySelector("${id}").innerText === "${text}"`, text);
      const tell = async (command: string) => {
        const reply = await agent.ng(NG, { command, "call-id": CALL }) as { result?: string };
        assert.equal(reply.result, "ok", command);
      };
      for (
        const [id, on, off, shut, open] of [
          ["#block-silence", "Silence", "End silence", "silence media", "unsilence media"],
          ["#block-dtmf", "Block digits", "Unblock digits", "block DTMF", "unblock DTMF"],
        ] as const
      ) {
        await browser.open(CALL_PATH);
        await browser.click(id);
        await browser.confirm();
        await says(id, off);
        await tell(open);
        await browser.open(CALL_PATH);
        await says(id, on);
        await tell(shut);
        await browser.open(CALL_PATH);
        await says(id, off);
        await browser.click(id);
        await browser.confirm();
        await says(id, on);
      }
      assert.equal(await flows(), true);
    });

    await step("a capture is made and taken home", async () => {
      await browser.open("/ui/calls/call-2%40example.com");
      await browser.click("#capture");
      await browser.confirm();
      await browser.until(`document.querySelector(".capture")?.innerText.includes("Capturing")`);
      await browser.until(
        `Number(document.querySelector(".capture").innerText.match(/(\\d+) packets/)?.[1]) > 20`,
        "packets are captured",
      );
      assert.deepEqual(await findings(browser), []);
      await browser.click(".capture button");
      await browser.until(`document.querySelector(".capture")?.innerText.includes("Captured")`);
      assert.deepEqual(await findings(browser), []);
      await picture("capture");
      const magic = await browser.evaluate(`(async () => {
        const form = document.querySelector(".capture form[data-download]");
        const [method, path] = form.dataset.download.split(" ");
        const response = await fetch("/api/v1" + path, { method, body: "{}", headers: {
          "Content-Type": "application/json",
          "X-CSRF-Token": document.querySelector("meta[name=csrf]").content } });
        const bytes = new Uint8Array(await response.arrayBuffer());
        return [response.status, ...bytes.slice(0, 4)].join(" ");
      })()`);
      // the section header of pcapng
      assert.equal(magic, "200 10 13 13 10");
    });

    await step("a question can be answered with no, and a call be ended", async () => {
      const path = "/ui/calls/call-3%40example.com";
      await browser.open(path);
      await browser.click("#terminate");
      await browser.until("document.querySelector('dialog[open]')");
      assert.deepEqual(await findings(browser), []);
      await picture("question");
      await browser.press("Escape", 27);
      await browser.until("document.querySelector('dialog') === null");
      assert.equal((await query(agent, "call-3@example.com")).result, "ok");
      await browser.click("#terminate");
      await browser.confirm();
      await browser.ready("/ui/calls");
      assert.equal((await query(agent, "call-3@example.com")).result, "error");
      await browser.open(path);
      assert.match(await browser.text("main") ?? "", /no such call/);
      assert.deepEqual(complaints(browser, /status of 404/), []);
    });

    await t.step(
      "the ng console makes a real call and shows what was done to the SDP",
      async () => {
        await browser.open("/ui/console");
        await browser.click("#ng button[type=submit]");
        await browser.until("!document.querySelector('#compare').hidden");
        assert.match(await browser.text("#verdict") ?? "", /ok/);
        const [removed, added] = [
          await browser.text("#before del"),
          await browser.text("#after ins"),
        ];
        assert.match(`${removed}${added}`, /IN IP4/);
        assert.deepEqual(await findings(browser), []);
        await picture("console-reply");
        assert.equal((await query(agent, "console-1")).result, "ok");
        await browser.type(
          "#message",
          `{"command": "delete", "call-id": "console-1", "delete-delay": 0}`,
        );
        await browser.type("#sdp", "");
        await browser.evaluate("document.querySelector('#sdp').value = ''");
        await browser.click("#ng button[type=submit]");
        await until("the call is gone", async () => {
          return (await query(agent, "console-1")).result === "error" ? true : undefined;
        });
        // the reply may come later than the call is gone, and moves what is below it
        await browser.until("document.querySelector('#compare').hidden");
        await browser.type("#message", "{ no JSON");
        await browser.click("#ng button[type=submit]");
        await browser.until("!document.querySelector('#ng [data-error]').hidden");
      },
    );

    await step("who asks over ng is listed with errors and times", async () => {
      await browser.open("/ui/clients");
      const text = await browser.text("#clients") ?? "";
      assert.match(text, /127\.0\.0\.1/);
      assert.match(text, /Unknown call-id/);
      assert.match(text, /offer/);
    });

    await step("charts go on after a restart, and the session too", async () => {
      const points = async () =>
        Number(
          await browser.evaluate(
            `fetch("/api/v1/history?range=1h&fields=calls").then((answer) => answer.json())
              .then(({ rows }) => rows.length)`,
          ),
        );
      await browser.open("/ui/");
      const before = await points();
      assert.ok(before > 0);
      await stage.restart();
      await browser.open("/ui/");
      await live(browser);
      assert.ok(await points() >= before, "history is kept");
      assert.deepEqual(complaints(browser, /ERR_|status of/), []);
    });

    await step("a viewer sees, and is offered nothing that they may not do", async () => {
      const made = await browser.evaluate(`fetch("/api/v1/users", { method: "POST",
        headers: { "Content-Type": "application/json",
          "X-CSRF-Token": document.querySelector("meta[name=csrf]").content },
        body: JSON.stringify({ name: "vera", role: "viewer", password: "correct horse battery" })
      }).then(({ status }) => status)`);
      assert.equal(made, 201);
      await browser.forget();
      await browser.open("/ui/login");
      await browser.type("#field-name", "vera");
      await browser.type("#field-password", "correct horse battery");
      await browser.click("button[type=submit]");
      await browser.ready("/ui/");
      await live(browser);
      const entries = await browser.text("#side ul") ?? "";
      assert.doesNotMatch(entries, /console/);
      await browser.open(CALL_PATH);
      assert.equal(await browser.evaluate("document.querySelector('#terminate')"), null);
      await browser.open("/ui/console");
      assert.match(await browser.text("main") ?? "", /may not see this page/);
      assert.deepEqual(complaints(browser, /status of 403/), []);
    });
  },
});

Deno.test({
  name:
    "the overview says what `ctl list totals` says, within a second, under 500 calls with media",
  ignore: reason !== undefined,
  fn: async () => {
    await using stage = await Stage.open();
    await using _callers = await stage.callers(500, 5);
    await using browser = await stage.browser();
    await signIn(stage, browser);
    await live(browser);
    const numberIn = (text: string | undefined) => Number((text ?? "").replaceAll(/\D/g, ""));
    await until("packets flow", async () => {
      const shown = numberIn(await browser.text("[data-live=packets]"));
      return shown > 4000 ? true : undefined;
    }, 20_000);
    let totals = "";
    const differences: string[] = [];
    for (let round = 0; round < 5; round++) {
      totals = await stage.ctl("list totals");
      const shown = {
        calls: numberIn(await browser.text("[data-live=calls]")),
        packets: numberIn(await browser.text("[data-live=packets]")),
      };
      const calls = Number(/Owned sessions\s*:(\d+)/.exec(totals)?.[1]);
      const packets = Number(/Packets per second \(userspace\)\s*:(\d+)/.exec(totals)?.[1]) +
        Number(/Packets per second \(kernel\)\s*:(\d+)/.exec(totals)?.[1] ?? 0);
      assert.equal(shown.calls, calls, totals);
      // both are of the last second, which may not be the same one
      if (Math.abs(shown.packets - packets) > packets * 0.1) {
        differences.push(`${shown.packets} and ${packets}`);
      }
    }
    assert.ok(differences.length <= 1, `${differences.join("; ")}\n${totals}`);
  },
});
