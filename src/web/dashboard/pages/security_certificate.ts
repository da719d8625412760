/**
 * The certificate of HTTPS: what it is, another one, the self-signed one again.
 *
 * @module
 */

import { apiForm, badge, button, card, code, facts, time } from "../components.ts";
import { duration } from "../format.ts";
import { type Html, html } from "../html.ts";
import type { PageContext } from "../page.ts";

const ORIGINS = {
  none: "there is no listener for HTTPS",
  generated: "made by rtpedge, self-signed",
  uploaded: "uploaded here",
  option: "a file named by the option https-cert",
} as const;
const SOON_MS = 14 * 86_400_000;

/** The card. */
export function certificateCard({ services }: PageContext): Html {
  const { origin, path, chain, clientIssuers, clientCertificates } = services.upkeep.certificates
    .show();
  const [own, ...issuers] = chain;
  const now = services.clock.wall();
  const left = own === undefined ? 0 : own.notAfter - now;
  const state = own === undefined ? undefined : badge(
    left <= 0 ? "problem" : left < SOON_MS ? "warning" : "ok",
    left <= 0 ? "ended" : `${duration(left / 1000)} left`,
  );
  const change = origin === "option" || origin === "none" ? undefined : html`
    <div class="actions below">${origin === "uploaded"
      ? button({
        label: "Back to the self-signed one",
        kind: "danger",
        api: "DELETE /certificate",
        confirm: "Forget the uploaded certificate?",
        detail: "Browsers will warn of the self-signed one.",
      })
      : button({
        label: "Make a new self-signed one",
        api: "POST /certificate/renew",
        confirm: "Make a new self-signed certificate?",
        detail: "It has a new key: clients that trust the present one must be told of the new one.",
      })}</div>
    <details class="below"><summary>Upload a certificate</summary>${uploadForm()}</details>
  `;
  return card({
    id: "certificate",
    title: "Certificate of HTTPS",
    wide: true,
    ...(state === undefined ? {} : { actions: state }),
    body: html`${
      facts([
        [
          "Where from",
          html`${ORIGINS[origin]}${
            path === undefined ? undefined : html`
              (${code(path)})
            `
          }`,
        ],
        ...(own === undefined ? [] : [
          ["For", own.names.join(", ") || own.subject] as const,
          ["Issued by", own.selfSigned ? "itself" : own.issuer] as const,
          ["Good from", time(own.notBefore)] as const,
          ["Good until", time(own.notAfter)] as const,
          ["Key", own.key] as const,
          ["SHA-256", html`<code class="wrap">${own.fingerprint}</code>`] as const,
          ["Chain", issuers.map(({ subject }) => subject).join(" → ") || "only itself"] as const,
        ]),
        [
          "Client certificates",
          clientCertificates === "off"
            ? "are not asked for"
            : `${clientCertificates}, issued by ${
              clientIssuers.map(({ subject }) => subject).join(", ")
            }`,
        ],
      ])
    }${change}`,
  });
}

function uploadForm(): Html {
  return apiForm({
    id: "certificate-upload",
    api: "PUT /certificate",
    submit: "Check and use",
    label: "Upload a certificate",
    body: html`
      ${pem(
        "certificate",
        "Certificate and chain (PEM)",
        "The own certificate first, then those that lead to its issuer.",
      )}${pem(
        "key",
        "Private key (PEM)",
        "Without a password. Empty: it is in the same text as the certificate.",
      )}<p
        class="hint">It is checked before it is used: dates, chain, and whether key and certificate belong together. No restart is needed.</p>
    `,
  });
}

function pem(name: string, label: string, hint: string): Html {
  const id = `field-${name}`;
  return html`
    <div
      class="field"><label for="${id}">${label}</label><textarea class="code" id="${id}" name="${name}" rows="6" spellcheck="false" autocomplete="off" aria-describedby="${id}-hint"></textarea><p class="hint" id="${id}-hint">${hint}</p><label class="hint" for="${id}-file">Or take it from a file:</label><input type="file" id="${id}-file" form="no-form" data-into="${id}" accept=".pem,.crt,.cer,.key"></div>
  `;
}
