/**
 * The admin API and guarded control listeners on loopback: real sockets, TLS, access and calls; time and the
 * relay's engine are ours.
 *
 * @module
 */

import { Access, AccessDatabase, ControlGuard, type Scope } from "../../src/access/mod.ts";
import { Bench } from "../../src/call/fixture_test_support.ts";
import { AllowList } from "../../src/core/allow_list.ts";
import { FakeClock, systemClock } from "../../src/core/clock.ts";
import type { Endpoint } from "../../src/core/endpoint.ts";
import { NgDispatcher, NgError } from "../../src/ng/mod.ts";
import { generateKey, selfSign } from "../../src/tls/self_signed.ts";
import {
  Admission,
  DEFAULT_LIMITS,
  type ListenAddresses,
  startListeners,
  type TransportLimits,
} from "../../src/transport/mod.ts";
import {
  type AdminServices,
  hostCheck,
  LiveHub,
  OPERATIONS,
  type UpkeepServices,
} from "../../src/web/mod.ts";
import { openUpkeepRig, type UpkeepRig } from "./upkeep_rig.ts";

/** Passwords of all users. */
export const PASSWORD = "correct horse battery";
/** Users by role. */
export const USERS = { admin: "ada", operator: "otto", viewer: "vera" } as const;
/** The console, for the audit log. */
export const CONSOLE = {
  subject: { kind: "user", name: "console", role: "admin" },
  address: "",
} as const;

const LOOPBACK: Endpoint = { family: 4, address: "127.0.0.1", port: 0 };
/** An offer of audio. */
export const AUDIO = "v=0\no=- 1 1 IN IP4 198.51.100.1\ns=-\nc=IN IP4 198.51.100.1\nt=0 0\n" +
  "m=audio 4000 RTP/AVP 8\na=rtpmap:8 PCMA/8000\n";

/** What is different from the usual. */
export interface WebRigOptions {
  /** Listeners that demand a credential. */
  readonly guarded?: boolean;
  /** Issuers of client certificates, PEM. */
  readonly clientCa?: string;
  /** Names the Host header may have. */
  readonly hosts?: readonly string[];
  /** Without users. */
  readonly fresh?: boolean;
  readonly limits?: Partial<TransportLimits>;
  /** Addresses allowed on one kind of listener. */
  readonly allow?: Partial<Record<keyof ListenAddresses, readonly string[]>>;
}

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body; empty when it has no end. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  // deno-lint-ignore no-explicit-any
  readonly json: any;
}

/** A request to the API. */
export interface Ask {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookie?: string;
  readonly csrf?: string;
  readonly token?: string;
}

/** A browser that has signed in. */
export interface Browser {
  readonly cookie: string;
  readonly csrf: string;
}

/** Everything, open. */
export class WebRig implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly #client: Deno.HttpClient;

  /** What {@link WebRig.open} has made. */
  constructor(
    stack: AsyncDisposableStack,
    readonly access: Access,
    readonly clock: FakeClock,
    readonly bench: Bench,
    readonly addresses: ListenAddresses,
    readonly cert: string,
    readonly logs: readonly string[],
    readonly hub: LiveHub,
    readonly upkeep: UpkeepRig,
  ) {
    this.#stack = stack;
    this.#client = Deno.createHttpClient({ caCerts: [cert] });
  }

  /** Opens a rig. */
  static async open(options: WebRigOptions = {}): Promise<WebRig> {
    await using stack = new AsyncDisposableStack();
    const database = stack.use(AccessDatabase.inMemory());
    const clock = new FakeClock();
    const access = new Access({ database, clock, cost: { n: 4, r: 8, p: 1 } });
    if (options.fresh !== true) {
      for (const [role, name] of Object.entries(USERS)) {
        const user = { name, role: role as keyof typeof USERS, password: PASSWORD };
        await access.users.create(user, CONSOLE);
      }
    }
    const bench = new Bench();
    const logs: string[] = [];
    const hub = new LiveHub();
    const upkeep = await openUpkeepRig(stack, access, clock, bench.service);
    const key = await generateKey();
    const cert = await selfSign(key, [], systemClock.wall());
    const log = (level: string, message: string, details?: unknown): void => {
      logs.push(`${level} ${message} ${Deno.inspect(details)}`);
    };
    const guard = new ControlGuard({
      demands: options.guarded === true,
      identify: (token) => access.tokens.identify(token),
    });
    const admission = (allow: readonly string[]) =>
      new Admission({ allow: new AllowList(allow), clock: systemClock });
    const listeners = await startListeners({
      listen: {
        ng: [],
        tcpNg: [LOOPBACK],
        http: [LOOPBACK],
        https: [LOOPBACK],
        cli: [LOOPBACK],
        rtpproxy: [],
        mediaproxy: [],
      },
      tls: {
        cert,
        key,
        ...(options.clientCa === undefined ? {} : { clientCa: options.clientCa }),
        requireClientCertificate: false,
      },
      controlTos: 0,
      sockets: {
        open() {
          throw new Error("this rig has no UDP");
        },
      },
      context: {
        handlers: {
          ng: new NgDispatcher({
            handlers: new Map([
              ...bench.service.handlers,
              ["cli", (request) => {
                if (request.source.callsOnly === true) throw new NgError("calls only");
                return { body: "done" };
              }],
            ]),
            clock: systemClock,
            log,
          }),
          cli: (line) => `you said ${line}\n`,
          metrics: () => "metrics\n",
        },
        admission: admission(["loopback"]),
        limits: { ...DEFAULT_LIMITS, ...options.limits },
        clock: systemClock,
        log,
        ...(options.hosts === undefined ? {} : { isOurHost: hostCheck(options.hosts) }),
      },
      contextOf: (kind) => ({
        guard,
        ...(options.allow?.[kind] === undefined
          ? {}
          : { admission: admission(options.allow[kind]) }),
      }),
      admin: services(access, clock, bench, hub, upkeep.services),
    });
    stack.defer(() => listeners.close(0));
    return new WebRig(
      stack.move(),
      access,
      clock,
      bench,
      listeners.addresses,
      cert,
      logs,
      hub,
      upkeep,
    );
  }

  /** Address of a listener. */
  at(kind: keyof ListenAddresses): Endpoint {
    return this.addresses[kind][0]!;
  }

  /** Base of the HTTPS listener. */
  get url(): string {
    return `https://127.0.0.1:${this.at("https").port}`;
  }

  /** Asks the API over HTTPS; `path` is below `/api/v1`. */
  async ask(path: string, ask: Ask = {}): Promise<Answer> {
    const { method = "GET", body, cookie, csrf, token } = ask;
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      client: this.#client,
      redirect: "manual",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: {
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(cookie === undefined ? {} : { Cookie: `__Host-rtpedge=${cookie}` }),
        ...(csrf === undefined ? {} : { "X-CSRF-Token": csrf }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...ask.headers,
      },
    });
    const type = response.headers.get("content-type");
    const endless = type === "text/event-stream";
    const bytes = endless ? new Uint8Array() : await response.bytes();
    if (endless) await response.body?.cancel();
    const isJson = type?.startsWith("application/json") === true;
    return {
      status: response.status,
      headers: response.headers,
      bytes,
      json: isJson ? JSON.parse(new TextDecoder().decode(bytes)) : undefined,
    };
  }

  /** Any request over HTTPS. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return await fetch(`${this.url}${path}`, { ...init, client: this.#client });
  }

  /** Signs a user in as a browser does. */
  async signIn(name: string, headers: Readonly<Record<string, string>> = {}): Promise<Browser> {
    const answer = await this.ask("/session", {
      method: "POST",
      body: { name, password: PASSWORD },
      headers,
    });
    if (answer.status !== 201) {
      throw new Error(`${name}: ${answer.status} ${answer.json?.error?.message}`);
    }
    return { cookie: cookieOf(answer), csrf: answer.json.csrf };
  }

  /** A new token. */
  token(...scopes: Scope[]): string {
    return this.access.tokens.create({ name: `for ${scopes}`, scopes }, CONSOLE).text;
  }

  /** A new call. @returns its call-id */
  call(callId: string, keys: Record<string, string> = {}): string {
    this.bench.offer(AUDIO, { "call-id": callId, ...keys });
    return callId;
  }

  /** Closes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    await this.#stack.disposeAsync();
  }
}

/** The cookie an answer sets; empty when it takes it away. */
export function cookieOf({ headers }: Answer): string {
  return /^__Host-rtpedge=([^;]*)/.exec(headers.get("set-cookie") ?? "")?.[1] ?? "none";
}

/** Paths of operations with names that exist, or may; numbers and options are what they must be. */
export function pathOf(operation: (typeof OPERATIONS)[number], value: string): string {
  return operation.path.replace("{number}", "9").replace("{option}", "control-allow-ng")
    .replace(/\{\w+\}/, encodeURIComponent(value));
}

function services(
  access: Access,
  clock: FakeClock,
  bench: Bench,
  hub: LiveHub,
  upkeep: UpkeepServices,
): AdminServices {
  const { service, relay } = bench;
  const dispatcher = new NgDispatcher({ handlers: service.handlers, clock, log: () => {} });
  const none = { used: 0, free: 0, total: 0 };
  return {
    access,
    clock,
    version: "0.0.0",
    calls: service.registry,
    query: () => ({ totals: {} }),
    mos: (callId) => service.mos(callId),
    status: () => ({
      version: "0.0.0",
      pid: 1,
      uptimeSeconds: 1,
      calls: { own: service.registry.size, foreign: 0 },
      relay: { mode: "fake", reason: "a test", threads: 1 },
      rates: { packets: 0, bytes: 0, errors: 0 },
      totals: {
        calls: 0,
        packets: 0,
        bytes: 0,
        errors: 0,
        averageCallSeconds: 0,
        packetsLost: 0,
        oneWayCalls: 0,
        silentStreams: 0,
      },
      interfaces: relay.addresses.map(({ name, address }) => ({ name, address, ports: none })),
      listeners: [],
      process: { residentBytes: 0, heapBytes: 0, cpuSeconds: 0 },
    }),
    configuration: () => ({ options: [] }),
    health: () => ({ level: "ok", facts: [] }),
    observation: {
      latest: () => ({ at: clock.wall(), uptimeSeconds: 1, calls: 2, cores: [], interfaces: [] }),
      history: () => [{ at: clock.wall() - 1000, sample: { calls: 2, latency: 1 / 3 } }],
      watch: (holds) => hub.watch(holds),
      clients: () => [],
    },
    ng: (payload, source) => dispatcher.handlePlain(payload, source),
    upkeep,
  };
}
