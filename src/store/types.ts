/**
 * What is kept of calls between one run of the program and the next.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";

/** One call as it is kept. */
export interface StoredCall {
  /** Key. */
  readonly callId: ByteString;
  /** JSON of a call's snapshot; opaque here. */
  readonly text: string;
}

/** Changes that are written together. */
export interface CallBatch {
  /** Calls that are new or have changed. */
  readonly put: readonly StoredCall[];
  /** Calls that are gone. */
  readonly remove: readonly ByteString[];
  /** Calls that could not be brought back: set aside with the reason. */
  readonly refuse: readonly { readonly callId: ByteString; readonly reason: string }[];
}

/** Keeps calls. */
export interface CallStore {
  /** Everything kept, oldest first; once, at the start. */
  load(): readonly StoredCall[];
  /** Writes a batch as one transaction. @throws Error when it could not be written; nothing of it was */
  write(batch: CallBatch): Promise<void>;
  /** Ends after the writes under way. */
  close(): Promise<void>;
}
