/**
 * Interfaces and their ports.
 *
 * @module
 */

import { badge, card, code, empty, facts, table } from "../components.ts";
import { count, percent } from "../format.ts";
import { type Content, type Html, html } from "../html.ts";
import type { Page, PageContext } from "../page.ts";

/** Above that new calls will soon find no ports. */
const MANY = 0.8;

/** `/ui/interfaces`. */
export const INTERFACES_PAGE: Page = {
  path: "/interfaces",
  section: "interfaces",
  needs: "read",
  render(context) {
    return {
      title: "Interfaces",
      body: html`${ports(context)}${relay(context)}${control(context)}`,
    };
  },
};

function ports({ services }: PageContext): Html {
  const { interfaces } = services.status();
  const used = callsOf(services);
  const rows = interfaces.map(({ name, address, ports }): Content[] => {
    const share = ports.total === 0 ? 0 : ports.used / ports.total;
    return [
      name,
      code(address),
      count(used.get(`${name} ${address}`) ?? 0),
      count(ports.used),
      count(ports.free),
      html`
        <div
          class="share"><meter min="0" max="1" low="${MANY}" high="0.95" optimum="0" value="${share
            .toFixed(4)}" aria-label="Ports in use on ${name} ${address}"></meter> ${percent(
              share,
            )}</div>
      `,
      share >= 0.95
        ? badge("problem", "Full")
        : share >= MANY
        ? badge("warning", "Nearly full")
        : badge("ok", "Room"),
    ];
  });
  return card({
    id: "ports",
    title: "Media",
    refresh: 3,
    wide: true,
    body: table({
      caption: "Interfaces for media",
      columns: [
        { label: "Interface" },
        { label: "Address" },
        { label: "Calls", numeric: true },
        { label: "Ports in use", numeric: true },
        { label: "Free", numeric: true, minor: true },
        { label: "Share" },
        { label: "State" },
      ],
      rows,
      empty: empty("No interface", html`Set the option <code>interface</code>.`),
    }),
  });
}

/** Calls with a port on each address. */
function callsOf(services: PageContext["services"]): Map<string, number> {
  const found = new Map<string, number>();
  for (const call of services.calls.calls()) {
    const here = new Set<string>();
    for (const { medias } of call.participants) {
      for (const { local } of medias.flatMap(({ streams }) => streams)) {
        if (local !== undefined) here.add(`${local.address.name} ${local.address.address}`);
      }
    }
    for (const key of here) found.set(key, (found.get(key) ?? 0) + 1);
  }
  return found;
}

function relay({ services }: PageContext): Html {
  const { relay } = services.status();
  return card({
    title: "Relay",
    wide: true,
    body: facts([
      ["How packets are received", MODES[relay.mode] ?? relay.mode],
      ["Why not better", relay.reason === "" ? "It is the best there is" : relay.reason],
      ["Threads", count(relay.threads)],
    ]),
  });
}

const MODES: Readonly<Record<string, string>> = {
  steer: "One socket per thread, steered by a BPF program",
  sockets: "One socket per port",
  kernel: "In the kernel",
};

function control({ services }: PageContext): Html {
  const { listeners } = services.status();
  return card({
    title: "Control",
    wide: true,
    actions: html`<a href="/ui/clients">Who uses them</a>`,
    body: table({
      caption: "Control listeners",
      columns: [{ label: "Listener" }, { label: "Address" }, { label: "Credential" }],
      rows: listeners.map(({ kind, address, credential }) => [
        kind,
        code(address),
        credential ? badge("ok", "Asked for") : badge("neutral", "None asked for"),
      ]),
      empty: empty(
        "Nobody can control this instance",
        html`Set the option <code>listen-ng</code>.`,
      ),
    }),
  });
}
