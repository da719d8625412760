/**
 * Chromium without a window, with devices that are not there: a tone for a microphone, a pattern for a
 * camera.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildTone } from "../interop/wav.ts";
import { CHROMIUM_SWITCHES, type Netns, run, until } from "../support/mod.ts";
import { DevTools, type Parameters } from "./devtools.ts";

const SCRIPT = fileURLToPath(new URL("page_script.js", import.meta.url));
/** Samples per second of the microphone. */
const RATE = 48_000;

/** Why there is no Chromium, or `undefined`. */
export async function chromiumUnavailable(): Promise<string | undefined> {
  const found = await run(["sh", "-c", "command -v chromium"]);
  return found.success ? undefined : "chromium is not installed";
}

const SWITCHES: readonly string[] = [
  ...CHROMIUM_SWITCHES,
  "--autoplay-policy=no-user-gesture-required",
  "--use-fake-device-for-media-stream",
];

/** Allows the page to use the devices; without it the browser hides its addresses. */
const ALLOW = "--use-fake-ui-for-media-stream";

/** A running browser with one page. */
export class Chromium implements AsyncDisposable {
  readonly #tools: DevTools;
  readonly #session: string;
  readonly #home: string;

  /** Wraps a browser that runs; {@link start} makes one. */
  constructor(tools: DevTools, session: string, home: string) {
    this.#tools = tools;
    this.#session = session;
    this.#home = home;
  }

  /**
   * Starts a browser in a namespace.
   *
   * @param tone what its microphone hears, hertz; absent: the devices may not be used
   */
  static async start(ns: Netns, tone?: number): Promise<Chromium> {
    const home = await Deno.makeTempDir({ prefix: "rtpedge-chromium-" });
    await Deno.writeFile(join(home, "tone.wav"), buildTone(tone ?? 0, RATE, 10));
    const page = join(home, "page.html");
    await Deno.writeTextFile(page, "<!doctype html><title>rig</title><body></body>");
    const switches = [
      ...SWITCHES,
      `--user-data-dir=${join(home, "profile")}`,
      `--use-file-for-fake-audio-capture=${join(home, "tone.wav")}`,
      ...(tone === undefined ? [] : [ALLOW]),
    ];
    const tools = new DevTools(["chromium", ...switches], (argv) => ns.argv(argv));
    try {
      const { targetId } = await tools.send("Target.createTarget", { url: `file://${page}` });
      const attach = { targetId, flatten: true };
      const { sessionId } = await tools.send("Target.attachToTarget", attach);
      const chromium = new Chromium(tools, String(sessionId), home);
      await until("the page is loaded", async () => {
        const loaded = "location.protocol === 'file:' && document.readyState === 'complete'";
        return await chromium.evaluate(loaded) === true ? true : undefined;
      });
      await chromium.evaluate(await Deno.readTextFile(SCRIPT));
      return chromium;
    } catch (error) {
      await tools[Symbol.asyncDispose]();
      await Deno.remove(home, { recursive: true });
      throw error;
    }
  }

  /** Carries out an expression in the page and returns its value. @throws Error with what the page says */
  async evaluate(expression: string): Promise<unknown> {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const answer = await this.#tools.send("Runtime.evaluate", params, this.#session);
    const { result, exceptionDetails } = answer as {
      result: { value?: unknown };
      exceptionDetails?: { text: string; exception?: { description?: string } };
    };
    if (exceptionDetails !== undefined) {
      const { text, exception } = exceptionDetails;
      throw new Error(`The page says: ${exception?.description ?? text}`);
    }
    return result.value;
  }

  /** Calls a function of the page script. */
  async call(name: string, args: Parameters = {}): Promise<unknown> {
    return await this.evaluate(`rig.${name}(${JSON.stringify(args)})`);
  }

  /** Ends the browser and removes what it wrote. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tools[Symbol.asyncDispose]();
    await Deno.remove(this.#home, { recursive: true });
  }
}
