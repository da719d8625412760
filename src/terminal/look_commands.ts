/**
 * Commands that look: status, a live view, calls, logs, captures, the host.
 *
 * @module
 */

import { LEVEL_NAMES, type LogFilter } from "../log/mod.ts";
import type { StatusReport } from "../web/mod.ts";
import { type AdminCommand, CommandUsageError, json, need } from "./io.ts";
import { bitRate, columns, count, duration, type Paint, plain, type Tone, utc } from "./style.ts";

const LEVEL_TONES: Readonly<Record<string, Tone>> = {
  emergency: "problem",
  alert: "problem",
  critical: "problem",
  error: "problem",
  warning: "warning",
  notice: "note",
  info: "good",
  debug: "faint",
};
/** Clears the screen and goes to its beginning. */
const CLEAR = "\x1b[H\x1b[2J";

/** The commands. */
export const LOOK_COMMANDS: readonly AdminCommand[] = [
  {
    name: "status",
    args: "",
    help: "version, uptime, calls, rates, ports",
    async run(context) {
      const status = await context.client.status();
      if (context.json) json(context, status);
      else context.out(statusText(status, context.paint));
    },
  },
  {
    name: "watch",
    args: "[--every SECONDS] [--count TIMES]",
    help: "status again and again; with --json one object on each line",
    values: ["every", "count"],
    async run(context) {
      const every = numberOf(context.options["every"], "every", 1);
      const times = numberOf(context.options["count"], "count", Infinity);
      for (let done = 0; done < times; done++) {
        if (done > 0) await context.sleep(every * 1000);
        const status = await context.client.status();
        if (context.json) context.out(`${JSON.stringify({ at: context.now(), ...status })}\n`);
        else if (context.terminal) {
          const hint = `\nevery ${every} s, Ctrl-C ends\n`;
          context.out(CLEAR + statusText(status, context.paint) + context.paint("faint", hint));
        } else context.out(statusLine(status, context.now()));
      }
    },
  },
  {
    name: "calls",
    args: "[SEARCH]",
    help: "calls that match: part of a call-id, tag, label, address or codec",
    async run(context) {
      const search = context.words.join(" ");
      const page = await context.client.calls({ limit: 500, ...(search === "" ? {} : { search }) });
      if (context.json) return json(context, page);
      const rows = page.calls.map(({ id, created, state, media }) => [
        id,
        duration((context.now() - created) / 1000),
        state,
        media.join(", "),
      ]);
      context.out(columns([["CALL-ID", "AGE", "STATE", "MEDIA"], ...rows], context.paint));
      context.out(`${count(page.total)} calls\n`);
    },
  },
  {
    name: "logs",
    args: "[--level LEVEL] [--part PART] [--call CALL-ID] [--text TEXT] [--follow]",
    help: "the last log entries, and with --follow those to come",
    values: ["level", "part", "call", "text"],
    flags: ["follow"],
    async run(context) {
      const { options } = context;
      const text = (name: string) => {
        const value = options[name];
        return value === true ? undefined : value;
      };
      const level = text("level");
      const known = LEVEL_NAMES.find((name) => name === level);
      if (level !== undefined && known === undefined) {
        throw new CommandUsageError(`"${level}" is not one of ${LEVEL_NAMES.join(", ")}`);
      }
      const filter: LogFilter = {
        level: known,
        subsystem: text("part"),
        callId: text("call"),
        text: text("text"),
      };
      let after = 0;
      do {
        const { last, entries } = await context.client.logs({ ...filter, after, limit: 1000 });
        for (const entry of entries) {
          if (context.json) context.out(`${JSON.stringify(entry)}\n`);
          else {
            const details = Object.entries(entry.fields).map(([name, value]) =>
              ` ${name}=${value}`
            );
            const call = entry.callId === undefined ? "" : `[${plain(entry.callId)}] `;
            context.out(
              `${context.paint("faint", utc(entry.time))} ` +
                context.paint(LEVEL_TONES[entry.level] ?? "faint", entry.level.padEnd(8)) +
                ` ${entry.subsystem}: ${call}${plain(entry.message + details.join(""))}\n`,
            );
          }
        }
        after = last;
        if (options["follow"] === true) await context.sleep(500);
      } while (options["follow"] === true);
    },
  },
  {
    name: "capture",
    args: "CALL-ID [--seconds N] [--packets N] [--bytes N] [--file FILE]",
    help: "capture the packets of a call into a pcapng file",
    values: ["seconds", "packets", "bytes", "file"],
    async run(context) {
      const { client, options, words } = context;
      const id = need(words, 0, "a call-id");
      const limit = (name: "seconds" | "packets" | "bytes") =>
        options[name] === undefined ? {} : { [name]: numberOf(options[name], name, 0) };
      const started = await client.startCapture(id, {
        ...limit("seconds"),
        ...limit("packets"),
        ...limit("bytes"),
      });
      let state = started;
      while (state.ended === undefined) {
        await context.sleep(250);
        state = await client.capture(started.id);
      }
      const content = await client.readCapture(started.id);
      const file = options["file"];
      const path = typeof file === "string"
        ? file
        : `call-${id.replaceAll(/[^A-Za-z0-9.-]/g, "_").slice(0, 60)}.pcapng`;
      context.writeFile(path, content);
      if (context.json) json(context, { ...state, file: path });
      else context.out(`${path}: ${state.packets} packets; ended: ${state.because}\n`);
    },
  },
  {
    name: "system",
    args: "",
    help: "the host, the program, update slots",
    async run(context) {
      const system = await context.client.system();
      if (context.json) return json(context, system);
      const { updates, ...facts } = system;
      const rows = Object.entries(facts).map(([name, value]) => [
        name,
        name === "started" ? utc(Number(value)) : String(value),
      ]);
      context.out(columns(rows, context.paint));
      for (const { name, booted, version, status } of updates?.slots ?? []) {
        context.out(`slot ${name}  ${booted ? "running" : "standby"}  ${version}  ${status}\n`);
      }
    },
  },
];

function statusText(status: StatusReport, paint: Paint): string {
  const { calls, rates, totals, relay, process } = status;
  const facts = columns([
    ["rtpedge", `${status.version}, up ${duration(status.uptimeSeconds)}, process ${status.pid}`],
    ["calls", `${count(calls.own)} own, ${count(calls.foreign)} foreign`],
    ["packets", `${count(rates.packets)} per second, ${bitRate(rates.bytes)}`],
    ["errors", `${count(rates.errors)} per second, ${count(totals.errors)} since the start`],
    ["relay", `${relay.mode}, ${relay.threads} threads${relay.reason && `: ${relay.reason}`}`],
    ["since start", `${count(totals.calls)} calls, ${count(totals.packets)} packets`],
    ["memory", `${count(process.residentBytes / 1048576)} MiB`],
    ["processor", `${process.cpuSeconds.toFixed(1)} s`],
  ], paint);
  const ports = columns([
    ["INTERFACE", "ADDRESS", "PORTS IN USE", "OF"],
    ...status.interfaces.map(({ name, address, ports }) => [
      name,
      address,
      { text: count(ports.used), tone: toneOf(ports.used / Math.max(ports.total, 1)) },
      count(ports.total),
    ]),
  ], paint);
  return `${facts}\n${ports}`;
}

function toneOf(share: number): Tone {
  return share < 0.8 ? "good" : share < 0.95 ? "warning" : "problem";
}

function statusLine({ calls, rates }: StatusReport, at: number): string {
  return `${utc(at)}  ${calls.own + calls.foreign} calls  ` +
    `${Math.round(rates.packets)} packets/s  ${bitRate(rates.bytes)}\n`;
}

function numberOf(value: string | true | undefined, name: string, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (value === true || !/^\d+(\.\d+)?$/.test(value) || Number(value) <= 0) {
    throw new CommandUsageError(`--${name} is no number above 0`);
  }
  return Number(value);
}
