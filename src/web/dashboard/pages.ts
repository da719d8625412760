/**
 * All pages of the dashboard.
 *
 * @module
 */

import type { Page } from "./page.ts";
import { LOGIN_PAGE } from "./pages/login.ts";
import { OVERVIEW_PAGE } from "./pages/overview.ts";
import { SETUP_PAGE } from "./pages/setup.ts";

/** All pages. */
export const PAGES: readonly Page[] = [
  LOGIN_PAGE,
  SETUP_PAGE,
  OVERVIEW_PAGE,
];
