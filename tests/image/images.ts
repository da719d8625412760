/**
 * Images for the tests, built once for a state of the tree.
 *
 * @module
 */

import { deno, root, run } from "../../tools/proc.ts";

/** Where the tests keep what they build. */
const FOLDER = `${root}/build/image-test`;

/** What is built. */
export interface ImageRequest {
  readonly board: string;
  readonly version: string;
  /** Only the bundle. */
  readonly bundleOnly?: boolean;
  /** Shell script that breaks the root file system, `$1`. */
  readonly customise?: string;
  /** Distinguishes results of one version. */
  readonly name?: string;
}

/** Builds an image. @returns paths without their extension: `.img`, `.raucb` @throws Error with the build's output */
export async function build(
  { board, version, bundleOnly, customise, name }: ImageRequest,
): Promise<string> {
  const out = `${FOLDER}/${name ?? version}`;
  const result = `${out}/rtpedge-${version}-${board}`;
  // for whoever works on the tests
  const kept = Deno.env.get("IMAGE_KEEP") !== undefined &&
    await Deno.stat(`${result}.raucb`).then(() => true, () => false);
  if (kept) return result;
  const outcome = await run([
    deno,
    "run",
    "-A",
    "image/builder/main.ts",
    "--fast",
    `--board=${board}`,
    `--version=${version}`,
    `--out=${out}`,
    ...(bundleOnly ? ["--no-disk"] : []),
    ...(customise === undefined ? [] : [`--customise=${customise}`]),
  ], { cwd: root, show: false });
  if (outcome.code !== 0) throw new Error(`image/build failed:\n${outcome.output}`);
  return result;
}

/** A disk for a machine: larger than the image, as a card is, with files put on its boot partition. */
export async function diskOf(
  image: string,
  folder: string,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const disk = `${folder}/disk.img`;
  await must(["cp", "--sparse=always", `${image}.img`, disk]);
  await Deno.truncate(disk, 3 * 2 ** 30);
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/file`, text);
    // the ESP begins at the first mebibyte
    await must(["mcopy", "-o", "-i", `${disk}@@1M`, `${folder}/file`, `::/${name}`]);
  }
  return disk;
}

/** A USB stick with a file system, as one that was never partitioned. */
export async function stickOf(
  folder: string,
  label: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const stick = `${folder}/stick.img`;
  await Deno.remove(stick).catch(() => undefined);
  const shape = ["-T", "65536", "-h", "16", "-s", "32"];
  await must(["mformat", "-C", "-i", stick, "-v", label, ...shape, "::"]);
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/file`, text);
    await must(["mcopy", "-o", "-i", stick, `${folder}/file`, `::/${name}`]);
  }
  return stick;
}

/** A file of a stick. @throws Error when there is none */
export async function stickFile(stick: string, name: string): Promise<string> {
  return await must(["mtype", "-i", stick, `::/${name}`]);
}

/** A file of a disk's boot partition. */
export async function bootFile(disk: string, name: string): Promise<string> {
  return await must(["mtype", "-i", `${disk}@@1M`, `::/${name}`]);
}

/** Names in a folder of a disk's boot partition. */
export async function bootFolder(disk: string, name: string): Promise<readonly string[]> {
  const text = await must(["mdir", "-b", "-i", `${disk}@@1M`, `::/${name}`]);
  return text.trim().split("\n").map((line) => line.slice(line.lastIndexOf("/") + 1));
}

async function must(argv: readonly string[]): Promise<string> {
  const { code, output } = await run(argv, { show: false });
  if (code !== 0) throw new Error(`${argv.join(" ")}: ${output}`);
  return output;
}
