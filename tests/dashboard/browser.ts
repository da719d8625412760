/**
 * A browser without a window that shows the dashboard: goes, looks, clicks, types, and remembers everything
 * the page complained about.
 *
 * @module
 */

import { join } from "node:path";
import { CHROMIUM_SWITCHES, type Netns, until } from "../support/mod.ts";
import { type Answer, DevTools, type Parameters } from "../webrtc/devtools.ts";

const SWITCHES: readonly string[] = [
  ...CHROMIUM_SWITCHES,
  "--hide-scrollbars",
  // the certificate is the daemon's own
  "--ignore-certificate-errors",
];

/** Sizes of windows, in CSS pixels. */
export const SIZES = {
  desk: { width: 1440, height: 900, mobile: false },
  phone: { width: 390, height: 844, mobile: true },
} as const;

/** Numbers of one loading of a page. */
export interface Loading {
  /** Bytes that came over the network, headers included. */
  readonly bytes: number;
  /** Milliseconds from the request until the page's script was ready. */
  readonly readyMs: number;
}

/** A browser with one page. */
export class Browser implements AsyncDisposable {
  /** Errors of scripts, violations of the policy, requests that failed: everything but what was expected. */
  readonly complaints: string[] = [];
  /** Addresses asked outside the daemon. */
  readonly strangers: string[] = [];
  readonly #tools: DevTools;
  readonly #home: string;
  readonly #origin: string;
  #session = "";
  #bytes = 0;

  /** Wraps a browser that runs; {@link start} makes one. */
  constructor(tools: DevTools, home: string, origin: string) {
    this.#tools = tools;
    this.#home = home;
    this.#origin = origin;
    tools.onEvent = (method, params) => this.#hear(method, params);
  }

  /** Starts a browser in a namespace. */
  static async start(ns: Netns, origin: string): Promise<Browser> {
    const home = await Deno.makeTempDir({ prefix: "rtpedge-browser-" });
    const switches = [...SWITCHES, `--user-data-dir=${join(home, "profile")}`];
    const tools = new DevTools(["chromium", ...switches], (argv) => ns.argv(argv));
    const browser = new Browser(tools, home, origin);
    try {
      await browser.#attach();
      return browser;
    } catch (error) {
      await browser[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Opens a page of the dashboard and waits until its script is ready.
   *
   * @param landing where it leads, when that is elsewhere
   */
  async open(path: string, landing = path): Promise<Loading> {
    this.#bytes = 0;
    await this.send("Page.navigate", { url: this.#origin + path });
    await this.ready(landing);
    const readyMs = Number(
      await this.evaluate("performance.getEntriesByName('ready')[0]?.startTime ?? -1"),
    );
    return { bytes: this.#bytes, readyMs };
  }

  /** Waits until the page at a path is there, with its script ready. */
  async ready(path: string): Promise<void> {
    const [bare = ""] = path.split("?");
    await this.until(
      `location.pathname === ${JSON.stringify(bare)} && ` +
        `document.documentElement.dataset.ready === "true"`,
      `${path} is ready`,
    );
  }

  /** Waits until an expression of the page is true. */
  async until(expression: string, what = expression, timeout = 15_000): Promise<void> {
    try {
      await until(what, async () => {
        const value = await this.evaluate(`(async () => Boolean(await (${expression})))()`).catch(
          () => false,
        );
        return value === true ? true : undefined;
      }, timeout);
    } catch (error) {
      const text = await this.evaluate("location.href + '\\n' + document.body.innerText");
      throw new Error(`${error instanceof Error ? error.message : error}\n${text}`);
    }
  }

  /** Carries out an expression in the page. @throws Error with what the page says */
  async evaluate(expression: string): Promise<unknown> {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", params) as {
      result: { value?: unknown };
      exceptionDetails?: { text: string; exception?: { description?: string } };
    };
    if (exceptionDetails !== undefined) {
      const { text, exception } = exceptionDetails;
      throw new Error(`The page says: ${exception?.description ?? text}`);
    }
    return result.value;
  }

  /** Text of an element; undefined when there is none. */
  async text(selector: string): Promise<string | undefined> {
    const expression = `document.querySelector(${JSON.stringify(selector)})?.innerText`;
    return await this.evaluate(expression) as string | undefined;
  }

  /** Presses the mouse on an element, as a reader does: it must be there and not be covered. */
  async click(selector: string): Promise<void> {
    const place = await this.evaluate(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      if (element === null) return "is not there";
      element.scrollIntoView({ block: "center", behavior: "instant" });
      const { x, y, width, height } = element.getBoundingClientRect();
      if (width === 0 || height === 0) return "is not shown";
      const at = { x: x + width / 2, y: y + height / 2 };
      const top = document.elementFromPoint(at.x, at.y);
      return top !== null && (element.contains(top) || top.contains(element)) ? at : "is covered";
    })()`);
    if (typeof place === "string") throw new Error(`${selector} ${place}`);
    const at = { ...place as { x: number; y: number }, button: "left", clickCount: 1 };
    await this.send("Input.dispatchMouseEvent", { type: "mousePressed", ...at });
    await this.send("Input.dispatchMouseEvent", { type: "mouseReleased", ...at });
  }

  /** Types into a field, in place of what is there. */
  async type(selector: string, text: string): Promise<void> {
    await this.evaluate(`(() => {
      const field = document.querySelector(${JSON.stringify(selector)});
      field.focus();
      field.select?.();
    })()`);
    await this.send("Input.insertText", { text });
  }

  /** Presses a key. */
  async press(key: string, code: number): Promise<void> {
    const params = { key, windowsVirtualKeyCode: code, nativeVirtualKeyCode: code };
    const text = key === "Enter" ? { text: "\r" } : {};
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...params, ...text });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...params });
  }

  /** Presses yes in the question that is open. */
  async confirm(): Promise<void> {
    await this.until("document.querySelector('dialog[open]')", "a question is asked");
    await this.click("dialog[open] button[value=yes]");
  }

  /** Sets the size of the window and the colours of the system. */
  async look(size: keyof typeof SIZES, scheme: "light" | "dark"): Promise<void> {
    await this.send("Emulation.setDeviceMetricsOverride", {
      ...SIZES[size],
      deviceScaleFactor: 1,
    });
    await this.send("Emulation.setEmulatedMedia", {
      features: [
        { name: "prefers-color-scheme", value: scheme },
        // colours are looked at when they are what they will be
        { name: "prefers-reduced-motion", value: "reduce" },
      ],
    });
    // the answer comes before the page has its new size
    const { width } = SIZES[size];
    await this.until(`innerWidth === ${width}`, `the page is ${width} pixels wide`);
    await this.evaluate(
      "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
    );
  }

  /** A picture of the whole page. */
  async picture(file: string): Promise<void> {
    const height = Number(await this.evaluate("document.documentElement.scrollHeight"));
    const width = Number(await this.evaluate("innerWidth"));
    const { data } = await this.send("Page.captureScreenshot", {
      format: "png",
      captureBeyondViewport: true,
      clip: { x: 0, y: 0, width, height: Math.min(height, 4000), scale: 1 },
    });
    const bytes = Uint8Array.from(atob(String(data)), (char) => char.charCodeAt(0));
    await Deno.writeFile(file, bytes);
  }

  /** Forgets all cookies. */
  async forget(): Promise<void> {
    await this.send("Network.clearBrowserCookies");
  }

  /** Sends a request of the DevTools protocol to the page. */
  async send(method: string, params: Parameters = {}): Promise<Answer> {
    return await this.#tools.send(method, params, this.#session);
  }

  /** Ends the browser and removes what it wrote. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tools[Symbol.asyncDispose]();
    await Deno.remove(this.#home, { recursive: true });
  }

  async #attach(): Promise<void> {
    const { targetId } = await this.#tools.send("Target.createTarget", { url: "about:blank" });
    const attach = { targetId, flatten: true };
    const { sessionId } = await this.#tools.send("Target.attachToTarget", attach);
    this.#session = String(sessionId);
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await this.send(`${domain}.enable`);
    // a file is asked again even when the browser has it
    await this.send("Network.setCacheDisabled", { cacheDisabled: true });
    await this.look("desk", "light");
  }

  #hear(method: string, params: Answer): void {
    switch (method) {
      case "Runtime.exceptionThrown":
      case "Log.entryAdded":
        this.complaints.push(textOf(params));
        break;
      case "Runtime.consoleAPICalled":
        if (params["type"] === "error") this.complaints.push(textOf(params));
        break;
      case "Network.loadingFinished":
        this.#bytes += Number(params["encodedDataLength"]);
        break;
      case "Network.requestWillBeSent": {
        const { url } = params["request"] as { url: string };
        if (!url.startsWith(this.#origin)) this.strangers.push(url);
        break;
      }
    }
  }
}

function textOf(params: Answer): string {
  const entry = params["entry"] as { text?: string; url?: string } | undefined;
  return entry === undefined ? JSON.stringify(params).slice(0, 600) : `${entry.text} ${entry.url}`;
}
