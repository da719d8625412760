/**
 * All pages of the dashboard.
 *
 * @module
 */

import type { Page } from "./page.ts";
import { AUDIT_PAGE } from "./pages/audit.ts";

import { CALL_PAGE } from "./pages/call.ts";
import { CALLS_PAGE } from "./pages/calls.ts";
import { CLIENTS_PAGE } from "./pages/clients.ts";
import { CONSOLE_PAGE } from "./pages/console.ts";
import { HEALTH_PAGE } from "./pages/health.ts";
import { INTERFACES_PAGE } from "./pages/interfaces.ts";
import { LOGIN_PAGE } from "./pages/login.ts";
import { LOGS_PAGE } from "./pages/logs.ts";
import { OVERVIEW_PAGE } from "./pages/overview.ts";
import { SECURITY_PAGE } from "./pages/security.ts";
import { SETUP_PAGE } from "./pages/setup.ts";
import { SYSTEM_PAGE } from "./pages/system.ts";
import { REVISION_PAGE } from "./pages/system_history.ts";

/** All pages. */
export const PAGES: readonly Page[] = [
  LOGIN_PAGE,
  SETUP_PAGE,
  OVERVIEW_PAGE,
  CALLS_PAGE,
  CALL_PAGE,
  INTERFACES_PAGE,
  CLIENTS_PAGE,
  CONSOLE_PAGE,
  SECURITY_PAGE,
  AUDIT_PAGE,
  LOGS_PAGE,
  SYSTEM_PAGE,
  REVISION_PAGE,
  HEALTH_PAGE,
];
