/**
 * The files that pages refer to: names carry a digest, so browsers may keep them for ever.
 *
 * @module
 */

import { ASSETS } from "./assets.gen.ts";

/** A file. */
export interface Asset {
  /** Content type. */
  readonly type: string;
  /** Beginning of the digest of its content. */
  readonly digest: string;
  /** Its content. */
  readonly text: string;
}

/** Name of a file, as in `assets.gen.ts`. */
export type AssetName = keyof typeof ASSETS;

const BY_PATH: ReadonlyMap<string, Asset> = new Map(
  Object.keys(ASSETS).map((name) => [assetPath(name as AssetName), ASSETS[name as AssetName]]),
);

/** Where a file is. */
export function assetPath(name: AssetName): string {
  return `/ui/assets/${name.replace(".", `-${ASSETS[name].digest}.`)}`;
}

/** The file at a path; undefined when there is none, or another version of it. */
export function assetAt(path: string): Asset | undefined {
  return BY_PATH.get(path);
}
