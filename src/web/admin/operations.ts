/**
 * All operations of the admin API.
 *
 * @module
 */

import { ACCESS_OPERATIONS } from "./access_operations.ts";
import { CALL_OPERATIONS } from "./call_operations.ts";
import { OBSERVATION_OPERATIONS } from "./observation_operations.ts";
import type { Operation } from "./operation.ts";
import { SESSION_OPERATIONS } from "./session_operations.ts";

/** All operations, in the order of the document. */
export const OPERATIONS: readonly Operation[] = [
  ...SESSION_OPERATIONS,
  ...CALL_OPERATIONS,
  ...OBSERVATION_OPERATIONS,
  ...ACCESS_OPERATIONS,
];
