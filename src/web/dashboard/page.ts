/**
 * What a page of the dashboard is: where it is, who may see it, what it shows. Routes, navigation and the
 * tests of authorisation are views of these declarations.
 *
 * @module
 */

import type { By, Permission, Session, Subject } from "../../access/mod.ts";
import type { AdminServices } from "../admin/services.ts";
import type { Html } from "./html.ts";

/** Entries of the navigation. */
export type Section =
  | "overview"
  | "calls"
  | "interfaces"
  | "clients"
  | "console"
  | "security"
  | "logs"
  | "system"
  | "health"
  /** Belongs to no entry. */
  | "none";

/** Who looks at a page, and at what. */
export interface PageContext {
  /** What stands behind the admin API. */
  readonly services: AdminServices;
  /** Who asks. */
  readonly subject: Subject;
  /** Who asks, and from where. */
  readonly by: By;
  /** The session of the browser; undefined on pages that need none. */
  readonly session: Session | undefined;
  /** Parts of the path that are named in {@link Page.path}. */
  readonly params: Readonly<Record<string, string>>;
  /** The query. */
  readonly query: URLSearchParams;
  /** Path asked, with `/ui` and without query. */
  readonly path: string;
  /** What the reader chose; undefined = as the system has it. */
  readonly theme: Theme | undefined;
  /** Whether the reader may do what needs this permission; hide what they may not. */
  may(permission: Permission): boolean;
}

/** Colours of the dashboard. */
export type Theme = "light" | "dark";

/** What a page says of itself once it knows what it shows. */
export interface PageContent {
  /** For the tab and the heading. */
  readonly title: string;
  /** What stands below the heading. */
  readonly body: Html;
  /** Stands right of the heading: buttons. */
  readonly actions?: Html;
  /** Stands above the heading: where the page is. */
  readonly trail?: readonly { readonly text: string; readonly href: string }[];
}

/** A page. */
export interface Page {
  /** Path below `/ui`; `:name` is a parameter. */
  readonly path: string;
  /** Entry of the navigation it belongs to; absent = stands alone, without navigation. */
  readonly section?: Section;
  /** What the reader must be allowed to; `none`: anybody. */
  readonly needs: Permission | "known" | "none";
  /**
   * Makes the page.
   *
   * @throws Problem, shown as a page of its own
   */
  render(context: PageContext): PageContent | Promise<PageContent>;
}
