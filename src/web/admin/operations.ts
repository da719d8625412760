/**
 * All operations of the admin API.
 *
 * @module
 */

import { ACCESS_OPERATIONS } from "./access_operations.ts";
import { BACKUP_OPERATIONS } from "./backup_operations.ts";
import { CALL_CONTROL_OPERATIONS } from "./call_control_operations.ts";
import { CALL_OPERATIONS } from "./call_operations.ts";
import { CAPTURE_OPERATIONS } from "./capture_operations.ts";
import { CERTIFICATE_OPERATIONS } from "./certificate_operations.ts";
import { CONFIGURATION_OPERATIONS } from "./configuration_operations.ts";
import { LOG_OPERATIONS } from "./log_operations.ts";
import { OBSERVATION_OPERATIONS } from "./observation_operations.ts";
import type { Operation } from "./operation.ts";
import { SESSION_OPERATIONS } from "./session_operations.ts";
import { SYSTEM_OPERATIONS } from "./system_operations.ts";

/** All operations, in the order of the document. */
export const OPERATIONS: readonly Operation[] = [
  ...SESSION_OPERATIONS,
  ...CALL_OPERATIONS,
  ...CALL_CONTROL_OPERATIONS,
  ...OBSERVATION_OPERATIONS,
  ...ACCESS_OPERATIONS,
  ...CAPTURE_OPERATIONS,
  ...LOG_OPERATIONS,
  ...CERTIFICATE_OPERATIONS,
  ...CONFIGURATION_OPERATIONS,
  ...BACKUP_OPERATIONS,
  ...SYSTEM_OPERATIONS,
];
