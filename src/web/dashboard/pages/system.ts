/**
 * The host and the program: versions, update slots, configuration, backups.
 *
 * @module
 */

import { badge, button, card, code, facts, field, since, table } from "../components.ts";
import { duration } from "../format.ts";
import { attributes, type Html, html } from "../html.ts";
import type { Page, PageContext } from "../page.ts";
import { USER_NAME_FIELD } from "../user_name_field.ts";
import { configurationCards } from "./system_configuration.ts";

/** `/ui/system`. */
export const SYSTEM_PAGE: Page = {
  path: "/system",
  section: "system",
  needs: "read",
  render(context) {
    return {
      title: "System",
      body: html`${versionCard(context)}${slotsCard(context)}${
        context.may("admin") ? html`${configurationCards(context)}${backupCard()}` : undefined
      }`,
    };
  },
};

function versionCard({ services }: PageContext): Html {
  const system = services.upkeep.system();
  return card({
    id: "version",
    title: "This host",
    wide: true,
    body: facts([
      ["rtpedge", system.version],
      ["Runs since", html`${since(system.started, services.clock.wall())} (process ${system.pid})`],
      ["Host", system.hostname],
      ["System", system.system],
      ["Kernel", `${system.kernel}, ${system.architecture}`],
      ["Processors", system.processors],
      ["Host runs since", duration(system.hostUptimeSeconds)],
      ["Runtime", system.runtime],
      ["Data directory", code(system.dataDirectory)],
    ]),
  });
}

function slotsCard({ services }: PageContext): Html | undefined {
  const { updates } = services.upkeep.system();
  if (updates === undefined) return undefined;
  return card({
    id: "slots",
    title: "Update slots",
    wide: true,
    body: html`<p class="hint">Bundles for ${code(updates.compatible)} fit this device.</p>${
      table({
        caption: "Update slots",
        columns: [
          { label: "Slot" },
          { label: "State" },
          { label: "Version" },
          { label: "Installed", minor: true },
          { label: "Device", minor: true },
        ],
        rows: updates.slots.map((slot) => [
          html`${slot.name}${
            slot.bootname === "" ? undefined : html`
              (${slot.bootname})
            `
          }`,
          html`${slot.booted ? badge("ok", "running") : badge("neutral", "standby")}${
            slot.status === "" || slot.status === "ok" ? undefined : html`
              ${badge("warning", slot.status)}
            `
          }`,
          slot.version || "not known",
          slot.installed || "not known",
          code(slot.device),
        ]),
        empty: html`<p class="hint">There are no slots.</p>`,
      })
    }`,
  });
}

function backupCard(): Html {
  return html`<div class="cards">${
    card({
      id: "backup",
      title: "Backup",
      body: html`
        <form class="form" id="backup-form"
          ${attributes({
            "data-download": "POST /backup",
            "aria-label": "Backup",
          })}>${USER_NAME_FIELD}${field({
            label: "Passphrase",
            name: "passphrase",
            type: "password",
            autocomplete: "new-password",
            hint:
              "With a passphrase of 12 characters or more, users, tokens and keys are in the file, sealed. Without one there are no secrets in it.",
          })}<p class="error" role="alert" data-error hidden></p><div class="actions"><button type="submit" class="button primary">Download backup</button></div></form>
      `,
    })
  }${
    card({
      id: "restore",
      title: "Restore",
      body: html`
        <form class="form" id="restore-form"
          aria-label="Restore">${USER_NAME_FIELD}<div class="field"><label for="restore-file">Backup</label><input type="file" id="restore-file" accept=".json,application/json" required></div>${field(
            {
              label: "Its passphrase",
              name: "restore-passphrase",
              type: "password",
              autocomplete: "off",
              hint: "Only for a backup with secrets.",
            },
          )}<p class="error" role="alert" data-error hidden></p><div id="restore-report" role="status"></div><div class="actions"><button type="submit" class="button">Look into it</button><button type="button" class="button danger" id="restore-go" hidden>Restore</button></div></form>
      `,
    })
  }${
    card({
      id: "support",
      title: "Support bundle",
      body: html`
        <p>State, health, configuration, log and facts of the host in one archive, for whoever helps. Secrets are taken out; call-ids and addresses are not.</p>
        <form class="form" id="support-form" ${attributes({
          "data-download": "POST /support-bundle",
          "aria-label": "Support bundle",
        })}>
          <p class="error" role="alert" data-error hidden></p>
          <div class="actions"><button type="submit" class="button">Download bundle</button></div>
        </form>
      `,
    })
  }</div>`;
}

/** A button that goes back to a former configuration. */
export function revertButton(number: number): Html {
  return button({
    label: "Go back to this",
    kind: "danger",
    api: `POST /configuration/history/${number}/revert`,
    confirm: `Go back to revision ${number}?`,
    detail:
      "It is checked, written to the file and put into effect. The present one stays in the history.",
    then: "/ui/system",
  });
}
