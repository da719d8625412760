/**
 * What the build says at the end: sizes, and what is in the image.
 *
 * @module
 */

import { say } from "../../tools/proc.ts";
import { digest } from "./cache.ts";
import type { Sizes } from "./root.ts";

/** Prints rows of names and sizes in MiB. */
export function sizeTable(rows: readonly (readonly [string, number])[]): void {
  for (const [name, bytes] of rows) {
    say(`    ${name.padEnd(40)}${(bytes / 2 ** 20).toFixed(1).padStart(8)} MiB`);
  }
}

/** Rows of the parts of a root file system, and its largest packages. */
export function rootRows(sizes: Sizes): readonly (readonly [string, number])[] {
  return [...sizes].filter(([, bytes]) => bytes > 0);
}

/** The packages with most bytes left in a root file system. @param base the packages as they were installed */
export async function largestPackages(
  base: string,
  target: string,
  count: number,
): Promise<readonly (readonly [string, number])[]> {
  const rows: (readonly [string, number])[] = [];
  const lists = `${base}/var/lib/dpkg/info`;
  for await (const { name } of Deno.readDir(lists)) {
    if (!name.endsWith(".list")) continue;
    let bytes = 0;
    for (const path of (await Deno.readTextFile(`${lists}/${name}`)).split("\n")) {
      const stat = path === "" ? undefined : await Deno.lstat(target + path).catch(() => undefined);
      if (stat?.isFile) bytes += stat.size;
    }
    rows.push([`  ${name.slice(0, -".list".length)}`, bytes]);
  }
  return rows.sort((a, b) => b[1] - a[1]).slice(0, count);
}

/** Facts of a bill of materials. */
export interface Bill {
  readonly version: string;
  readonly architecture: string;
  readonly epoch: number;
  readonly kernel: string;
  /** Lines of name, version, source. */
  readonly packages: string;
  /** npm packages and the runtime, by name. */
  readonly programs: ReadonlyMap<string, string>;
}

/** A bill of materials in SPDX 2.3 JSON. */
export async function spdx(bill: Bill): Promise<string> {
  const debian = bill.packages.trim().split("\n").map((line) => {
    const [name = "", version = ""] = line.split("\t");
    return {
      name,
      version,
      url: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${bill.architecture}`,
    };
  });
  const others = [...bill.programs].map(([name, version]) => ({
    name,
    version,
    url: `pkg:npm/${encodeURIComponent(name)}@${version}`,
  }));
  const kernel = {
    name: "linux",
    version: bill.kernel,
    url: `pkg:deb/debian/linux-image-${bill.kernel}`,
  };
  const parts = [...debian, kernel, ...others];
  const id = await digest(JSON.stringify(parts) + bill.version, 32);
  const document = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `rtpedge-${bill.architecture}-${bill.version}`,
    documentNamespace: `urn:rtpedge:sbom:${id}`,
    creationInfo: {
      created: new Date(bill.epoch * 1000).toISOString().replace(/\.\d+Z/, "Z"),
      creators: ["Tool: rtpedge-image"],
    },
    packages: [
      {
        SPDXID: "SPDXRef-image",
        name: "rtpedge-appliance",
        versionInfo: bill.version,
        downloadLocation: "NOASSERTION",
      },
      ...parts.map(({ name, version, url }, at) => ({
        SPDXID: `SPDXRef-${at}`,
        name,
        versionInfo: version,
        downloadLocation: "NOASSERTION",
        externalRefs: [{
          referenceCategory: "PACKAGE-MANAGER",
          referenceType: "purl",
          referenceLocator: url,
        }],
      })),
    ],
    relationships: [
      {
        spdxElementId: "SPDXRef-DOCUMENT",
        relationshipType: "DESCRIBES",
        relatedSpdxElement: "SPDXRef-image",
      },
      ...parts.map((_, at) => ({
        spdxElementId: "SPDXRef-image",
        relationshipType: "CONTAINS",
        relatedSpdxElement: `SPDXRef-${at}`,
      })),
    ],
  };
  return JSON.stringify(document, null, 1) + "\n";
}

/** npm packages of a deno.lock with the runtime. */
export function programsOf(lock: string): Map<string, string> {
  const { npm = {} } = JSON.parse(lock) as { npm?: Record<string, unknown> };
  const programs = new Map([["deno", Deno.version.deno]]);
  for (const key of Object.keys(npm)) {
    const at = key.indexOf("@", 1);
    programs.set(key.slice(0, at), key.slice(at + 1).replace(/_.*/, ""));
  }
  return programs;
}
