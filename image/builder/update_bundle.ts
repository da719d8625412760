/**
 * The signed bundle that RAUC installs, and the keys to sign with.
 *
 * @module
 */

import { root } from "../../tools/proc.ts";
import { SetupError } from "../../tools/packages.ts";
import type { Board } from "./board.ts";
import { cacheDirectory, exists } from "./cache.ts";
import { toolRoot, type Workshop } from "./debian.ts";
import { inside, must } from "./shell.ts";

/** Key and certificate that bundles are signed with. */
export interface Keys {
  readonly key: string;
  readonly cert: string;
  /** Certificates the device trusts. */
  readonly keyring: string;
  /** Whether they were made here, and are of no worth to anybody else. */
  readonly own: boolean;
}

/** The keys that were given, or a pair of this machine's own. @throws SetupError when one of two is missing */
export async function keysFor(
  given: { key?: string | undefined; cert?: string | undefined; keyring?: string | undefined },
): Promise<Keys> {
  const { key, cert } = given;
  if (key !== undefined && cert !== undefined) {
    return { key, cert, keyring: given.keyring ?? cert, own: false };
  }
  if (key !== undefined || cert !== undefined) {
    throw new SetupError("--key and --cert come together");
  }
  const folder = `${cacheDirectory()}/keys`;
  const own = { key: `${folder}/update.key.pem`, cert: `${folder}/update.cert.pem` };
  if (!await exists(own.cert)) await makeKeys(folder, "update");
  return { ...own, keyring: given.keyring ?? own.cert, own: true };
}

/** Makes a key and a certificate named `name` in `folder`. */
export async function makeKeys(folder: string, name: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  await must([
    "openssl",
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-noenc",
    "-days",
    "7300",
    "-subj",
    `/O=rtpedge/CN=rtpedge ${name} key`,
    "-keyout",
    `${folder}/${name}.key.pem`,
    "-out",
    `${folder}/${name}.cert.pem`,
  ]);
  await Deno.chmod(`${folder}/${name}.key.pem`, 0o600);
}

/** Makes `update.raucb` from the folder with `root.img`, `vmlinuz`, `initrd` and `entry`. */
export async function makeBundle(
  { board, shop, out, version, keys, epoch }: {
    board: Board;
    shop: Workshop;
    out: string;
    version: string;
    keys: Keys;
    epoch: number;
  },
): Promise<string> {
  const content = `${out}/bundle`;
  await Deno.remove(content, { recursive: true }).catch(() => undefined);
  await Deno.mkdir(`${content}/keys`, { recursive: true });
  await Deno.mkdir(`${content}/content`);
  await Deno.writeTextFile(
    `${content}/content/manifest.raucm`,
    [
      "[update]",
      `compatible=${board.compatible}`,
      `version=${version}`,
      "",
      "[bundle]",
      // RAUC 1.13 does not know the status line of dm-verity in kernels from 7 on, which format "verity" needs
      "format=plain",
      "",
      "[hooks]",
      "filename=hook",
      "",
      "[image.rootfs]",
      "filename=root.img",
      "hooks=post-install",
      "",
    ].join("\n"),
  );
  await Deno.copyFile(`${root}/image/rauc/hook`, `${content}/content/hook`);
  await Deno.chmod(`${content}/content/hook`, 0o755);
  for (const name of ["root.img", "vmlinuz", "initrd", "entry"]) {
    await Deno.link(`${out}/${name}`, `${content}/content/${name}`);
  }
  await Deno.copyFile(keys.key, `${content}/keys/key.pem`);
  await Deno.copyFile(keys.cert, `${content}/keys/cert.pem`);
  try {
    await inside(
      toolRoot(shop, { "/out": out }, { SOURCE_DATE_EPOCH: String(epoch) }),
      `
      cd /out/bundle
      rm -f /out/update.raucb
      rauc --cert=keys/cert.pem --key=keys/key.pem --mksquashfs-args="-noD -noF -noI -noX -quiet -no-progress" \\
        bundle content /out/update.raucb >/dev/null`,
    );
  } finally {
    await Deno.remove(content, { recursive: true });
  }
  return `${out}/update.raucb`;
}
