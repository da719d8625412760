/**
 * What is around every page: head, navigation, who is signed in.
 *
 * @module
 */

import type { Permission } from "../../access/mod.ts";
import { assetPath } from "./assets.ts";
import { attributes, type Html, html } from "./html.ts";
import { icon, type IconName } from "./icons.ts";
import { mark } from "./mark.ts";
import type { Page, PageContent, PageContext, Section } from "./page.ts";

interface Entry {
  readonly section: Section & IconName;
  readonly label: string;
  readonly href: string;
  /** `known`: anybody who is signed in. */
  readonly needs: Permission | "known";
}

/** The navigation; entries the reader may not use are not shown. */
export const NAVIGATION: readonly Entry[] = [
  { section: "overview", label: "Overview", href: "/ui/", needs: "read" },
  { section: "calls", label: "Calls", href: "/ui/calls", needs: "read" },
  { section: "interfaces", label: "Interfaces", href: "/ui/interfaces", needs: "read" },
  { section: "clients", label: "Clients", href: "/ui/clients", needs: "read" },
  { section: "console", label: "ng console", href: "/ui/console", needs: "admin" },
  { section: "security", label: "Security", href: "/ui/security", needs: "known" },
  { section: "logs", label: "Logs", href: "/ui/logs", needs: "read" },
  { section: "system", label: "System", href: "/ui/system", needs: "read" },
  { section: "health", label: "Health", href: "/ui/health", needs: "read" },
];

/** A whole document. */
export function documentOf(page: Page, context: PageContext, content: PageContent): Html {
  const { session, theme, services } = context;
  const plain = page.section === undefined;
  const body = plain ? html`<main id="main" class="plain">${content.body}</main>` : html`
    <a class="skip" href="#main">Skip to content</a><div
      class="frame">${side(page.section!, context)}<div class="stage">${top(
        content,
        context,
      )}<main id="main" tabindex="-1">${mainOf(content)}</main></div></div>
  `;
  return html`
    <!doctype html>
    <html lang="en" ${attributes({ "data-theme": theme })}>
      <head>
    <meta charset="utf-8">
    <title>${content.title} · rtpedge</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    ${session === undefined ? undefined : html`<meta name="csrf" content="${session.csrf}">`}
    <link rel="icon" href="${assetPath("icon.svg")}" type="image/svg+xml">
    <link rel="stylesheet" href="${assetPath("style.css")}">
    <script type="module" src="${assetPath("app.js")}"></script>
      </head>
      <body${attributes({
        "data-page": page.section ?? page.path.slice(1),
        "data-version": services.version,
      })}>
    ${body}
    <noscript><p class="noscript">This page needs JavaScript: buttons and live numbers do not work without it.</p></noscript>
    <div id="said" role="status" aria-live="polite"></div>
    </body>
    </html>
  `;
}

/** What stands in `main`; all that is sent when a page is fetched again. */
export function mainOf({ title, trail, actions, body }: PageContent): Html {
  const way = trail === undefined
    ? undefined
    : html`<nav class="trail" aria-label="Where this is">${
      trail.map(({ text, href }) => html`<a href="${href}">${text}</a>`)
    }</nav>`;
  const right = actions === undefined ? undefined : html`<div class="actions">${actions}</div>`;
  return html`${way}<div class="heading"><h1>${title}</h1>${right}</div>${body}`;
}

function side(section: Section, context: PageContext): Html {
  const entries = NAVIGATION.filter(({ needs }) => needs === "known" || context.may(needs));
  const links = entries.map((entry) => {
    const current = entry.section === section;
    return html`<li><a href="${entry.href}"${
      attributes({ "aria-current": current ? "page" : undefined })
    }>${icon(entry.section)}<span>${entry.label}</span></a></li>`;
  });
  return html`
    <nav class="side" id="side"
      aria-label="Pages"><a class="brand" href="/ui/">${mark()}<span>rtpedge</span></a><ul>${links}</ul><p class="version">Version ${context
        .services.version}</p></nav>
  `;
}

function top(_content: PageContent, { session, theme, subject }: PageContext): Html {
  const name = session?.user.name ?? ("name" in subject ? subject.name : "");
  const role = session?.user.role ?? subject.kind;
  return html`
    <header
      class="top"><button type="button" class="button icon-only" id="menu" aria-controls="side" aria-expanded="false" aria-label="Pages">${icon(
        "menu",
      )}</button><p class="pulse" id="pulse" data-state="connecting"><span class="dot" aria-hidden="true"></span><span class="words">Connecting</span></p><div class="actions"><button type="button" class="button icon-only" id="theme" aria-label="Switch between light and dark" title="Light or dark"${attributes(
        { "data-theme-now": theme },
      )}>${icon("theme")}</button><span class="who">${icon(
        "person",
      )}<span><strong>${name}</strong> <span class="role">${role}</span></span></span>${session ===
          undefined
        ? undefined
        : html`
          <button type="button" class="button plain" data-api="DELETE /session"
            data-then="/ui/login">${icon("leave")}<span>Sign out</span></button>
        `}</div></header>
  `;
}
