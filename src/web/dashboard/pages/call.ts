/**
 * One call: who is in it, what passes, how good it is, and what can be done.
 *
 * @module
 */

import { callReport, findCall } from "../../admin/call_report.ts";
import { noCall } from "../../admin/call_operations.ts";
import type { CallReport } from "../../admin/reports.ts";
import { callPicture, nameOf } from "../call_picture.ts";
import { qualityCharts } from "../call_quality.ts";
import {
  badge,
  button,
  card,
  code,
  empty,
  facts,
  since,
  stat,
  stats,
  table,
  time,
} from "../components.ts";
import { bytes, count, fixed, percent } from "../format.ts";
import { type Content, type Html, html } from "../html.ts";
import type { Page, PageContext } from "../page.ts";
import { stateBadge } from "./calls.ts";

type Party = CallReport["parties"][number];
type Media = Party["medias"][number];
type Stream = Media["streams"][number];

/** `/ui/calls/CALL-ID`. */
export const CALL_PAGE: Page = {
  path: "/calls/:id",
  section: "calls",
  needs: "read",
  render(context) {
    const { services, params } = context;
    const call = findCall(services.calls, params["id"] ?? "") ?? noCall();
    const report = callReport(call, services.status().relay, services.query(call.callId));
    return {
      title: report.summary.id,
      trail: [{ text: "Calls", href: "/ui/calls" }],
      actions: context.may("operate") ? actions(context, report) : html``,
      body: html`${summary(context, report)}
${card({ id: "picture", title: "Who hears whom", refresh: 2, body: callPicture(report) })}
${report.parties.map((party, i) => partyCard(party, i))}
${qualityCharts(report)}
${timeline(report)}
${details(report)}`,
    };
  },
};

function actions({ services }: PageContext, { summary: { id }, blocked }: CallReport): Html {
  const path = `/calls/${encodeURIComponent(id)}`;
  const gate = (what: "media" | "silence" | "dtmf", on: string, off: string, detail: string) => {
    const shut = blocked.includes(what);
    return button({
      id: `block-${what}`,
      label: shut ? off : on,
      api: `POST ${path}/block`,
      body: { what, blocked: !shut },
      confirm: shut ? `${off} in this call?` : `${on} in this call?`,
      detail: shut ? "Packets pass again as it was negotiated." : detail,
    });
  };
  const running = services.upkeep.captures.list().some((capture) =>
    capture.call === id && capture.ended === undefined
  );
  return html`${
    gate("media", "Block media", "Unblock media", "Nobody hears anything until it is unblocked.")
  }${gate("silence", "Silence", "End silence", "Packets go on with silence in them.")}${
    gate("dtmf", "Block digits", "Unblock digits", "Telephone events do not pass.")
  }${
    button({
      id: "capture",
      label: running ? "Capture is running" : "Capture",
      disabled: running,
      api: `POST ${path}/capture`,
      body: { seconds: 60, bytes: 10_000_000 },
      confirm: "Capture the packets of this call?",
      detail: "For 60 seconds or 10 MB, whichever comes first. Media is personal: the audit log " +
        "notes who captured what.",
    })
  }${
    button({
      id: "terminate",
      label: "Terminate",
      kind: "danger",
      api: `DELETE ${path}`,
      confirm: "End this call at once?",
      detail:
        `${id}: its ports are closed, nobody hears anything any more. The SIP side is not told.`,
      then: "/ui/calls",
    })
  }`;
}

function summary(context: PageContext, { summary, forwarding, blocked, parties }: CallReport) {
  const { services } = context;
  const rtp = parties.flatMap(({ medias }) => medias.flatMap(({ streams }) => streams))
    .filter(({ component }) => component === "rtp");
  const sum = (of: (stream: Stream) => number) =>
    rtp.reduce((total, stream) => total + of(stream), 0);
  const received = sum(({ counters }) => counters?.packetsIn ?? 0);
  const lost = sum(({ counters }) =>
    counters?.sources.reduce((total, source) => total + source.lost, 0) ?? 0
  );
  const captures = context.may("operate")
    ? services.upkeep.captures.list().filter(({ call }) => call === summary.id)
    : [];
  return card({
    id: "summary",
    title: "Now",
    refresh: 2,
    wide: true,
    actions: html`${stateBadge(summary)}${blocked.map((what) => badge("warning", BLOCKED[what]))}${
      summary.recording ? badge("note", "Recorded") : undefined
    }`,
    body: html`${
      stats(
        stat({ label: "Lasts", value: since(summary.created, services.clock.wall()) }),
        stat({ label: "Packets received", value: count(received) }),
        stat({
          label: "Bytes received",
          value: bytes(sum(({ counters }) => counters?.bytesIn ?? 0)),
        }),
        stat({
          label: "Lost on the way here",
          value: received + lost === 0 ? "–" : percent(lost / (received + lost), 2),
          note: `${count(lost)} packets`,
        }),
        stat({
          label: "Forwarded by",
          value: FORWARDERS[forwarding.by],
          note: forwarding.by === "kernel" ? "as low as it goes" : forwarding.reason,
        }),
      )
    }${
      captures.map((capture) =>
        html`<div class="capture">${
          capture.ended === undefined
            ? html`${badge("note", "Capturing")} ${count(capture.packets)} packets, ${
              bytes(capture.bytes)
            } ${button({ label: "Stop", api: `POST /captures/${capture.id}/stop` })}`
            : html`
              ${badge("ok", "Captured")} ${count(capture.packets)} packets, ${bytes(
                capture.bytes,
              )} <form
                data-download="POST /captures/${capture
                  .id}/file"><button type="submit" class="button plain">Download</button></form>${button(
                    {
                      label: "Forget",
                      api: `DELETE /captures/${capture.id}`,
                    },
                  )}
            `
        }</div>`
      )
    }`,
  });
}

const BLOCKED = {
  media: "Media blocked",
  silence: "Silenced",
  dtmf: "Digits blocked",
} as const;
const FORWARDERS = {
  kernel: "Kernel",
  core: "Relay core",
  "media engine": "Media engine",
} as const;

function partyCard(party: Party, position: number): Html {
  const { tag, medias } = party;
  const rows = medias.flatMap((media) => media.streams.map((stream) => streamRow(media, stream)));
  return card({
    id: `party-${position}`,
    title: nameOf(party),
    refresh: 2,
    wide: true,
    actions: html`<span class="muted">Tag ${code(tag === "" ? "not known yet" : tag)}</span>`,
    body: table({
      caption: `Streams of ${nameOf(party)}`,
      columns: [
        { label: "Stream" },
        { label: "Far end" },
        { label: "Here", minor: true },
        { label: "Protection", minor: true },
        { label: "In", numeric: true },
        { label: "Out", numeric: true },
        { label: "Lost", numeric: true },
        { label: "Jitter", numeric: true },
        { label: "Refused", numeric: true, minor: true },
        { label: "Forwarded by" },
      ],
      rows,
      empty: empty("No media", "This party has not described any media."),
    }),
  });
}

function streamRow(media: Media, stream: Stream): Content[] {
  const { counters, remote, advertised, confirmed, forwarding } = stream;
  const lost = counters?.sources.reduce((sum, source) => sum + source.lost, 0) ?? 0;
  const jitter = counters?.sources.at(-1)?.jitterMs;
  const refused = counters === undefined
    ? 0
    : Object.values(counters.dropped).reduce((sum, value) => sum + value, 0);
  return [
    html`${media.type} ${media.index} ${stream.component.toUpperCase()}<div class="tags">${
      stream.component === "rtp" ? media.codec ?? "" : ""
    }</div>`,
    html`${code(remote ?? "–")}<div class="tags">${
      remote === undefined
        ? "nothing heard"
        : advertised !== undefined && advertised !== remote
        ? `signalled ${advertised}`
        : confirmed
        ? "confirmed"
        : "being learned"
    }</div>`,
    html`${code(stream.local ?? "–")}<div class="tags">${stream.interface ?? ""}</div>`,
    stream.suite ?? "none",
    counters === undefined ? "–" : html`${count(counters.packetsIn)}${byType(counters)}`,
    counters === undefined ? "–" : count(counters.packetsOut),
    counters === undefined ? "–" : count(lost),
    jitter === undefined || stream.component === "rtcp" ? "–" : `${fixed(jitter, 1)} ms`,
    counters === undefined ? "–" : count(refused),
    forwarding === undefined
      ? html`<span class="muted">the section that carries it</span>`
      : html`${FORWARDERS[forwarding.by]}${
        forwarding.reason === "" ? undefined : html`<div class="tags">${forwarding.reason}</div>`
      }`,
  ];
}

/** Packets received by payload type, where there is more than one. */
function byType({ payloadTypes }: NonNullable<Stream["counters"]>): Html | undefined {
  if (payloadTypes.length < 2) return undefined;
  const parts = payloadTypes.map(({ payloadType, packets }) => `${payloadType}: ${count(packets)}`);
  return html`<div class="tags" title="By payload type">${parts.join(", ")}</div>`;
}

function timeline({ parties }: CallReport): Html {
  const steps = parties.flatMap((party) =>
    party.medias.flatMap((media) => media.steps.map((step) => ({ ...step, party: nameOf(party) })))
  ).sort((a, b) => a.at - b.at);
  return card({
    id: "timeline",
    title: "ICE and DTLS",
    refresh: 5,
    body: table({
      caption: "Steps of ICE and DTLS",
      columns: [{ label: "When" }, { label: "Who" }, { label: "What" }],
      rows: steps.map((step) => [
        time(step.at),
        step.party,
        html`${badge(step.failed ? "problem" : "neutral", step.protocol)} ${step.text}`,
      ]),
      empty: empty(
        "Neither ICE nor DTLS",
        "No party of this call uses them, or nothing has come yet.",
      ),
    }),
  });
}

function details({ summary, aliases, metadata, parties }: CallReport): Html {
  return card({
    title: "Details",
    wide: true,
    body: facts([
      ["Call-id", code(summary.id)],
      ["Created by", code(summary.createdFrom)],
      ["Created", time(summary.created)],
      ["Last offer or answer", time(summary.lastSignal)],
      ["Metadata", metadata ?? "none"],
      ["Also known as", aliases.length === 0 ? "nothing else" : aliases.join(", ")],
      ["Parties", String(parties.length)],
      [
        "Log",
        html`<a href="/ui/logs?${
          new URLSearchParams({ call: summary.id }).toString()
        }">Entries about this call</a>`,
      ],
    ]),
  });
}
