/**
 * Flattened device trees (Devicetree Specification 0.4, chapter 5): what a device needs before it can work.
 *
 * @module
 */

/** A node. */
export interface TreeNode {
  /** With its unit address; empty for the root. */
  readonly name: string;
  readonly parent: TreeNode | undefined;
  readonly properties: Map<string, Uint8Array>;
  readonly children: TreeNode[];
}

const BEGIN = 1;
const END = 2;
const PROPERTY = 3;
const NOTHING = 4;

/** Reads a tree. @throws Error when it is none */
export function parseTree(bytes: Uint8Array): TreeNode {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== 0xd00dfeed) throw new Error("this is no device tree");
  const strings = view.getUint32(12);
  const text = (at: number) => {
    const end = bytes.indexOf(0, at);
    return new TextDecoder().decode(bytes.subarray(at, end));
  };
  const aligned = (at: number) => (at + 3) & ~3;
  let root: TreeNode | undefined;
  let node: TreeNode | undefined;
  for (let at = view.getUint32(8);;) {
    const token = view.getUint32(at);
    at += 4;
    if (token === BEGIN) {
      const name = text(at);
      const made: TreeNode = { name, parent: node, properties: new Map(), children: [] };
      node?.children.push(made);
      root ??= made;
      node = made;
      at = aligned(at + name.length + 1);
    } else if (token === PROPERTY) {
      const length = view.getUint32(at);
      node!.properties.set(
        text(strings + view.getUint32(at + 4)),
        bytes.subarray(at + 8, at + 8 + length),
      );
      at = aligned(at + 8 + length);
    } else if (token === END) {
      if (node === root) return root!;
      node = node!.parent;
    } else if (token !== NOTHING) {
      throw new Error(`token ${token} in a device tree`);
    }
  }
}

/** A node with all below it. */
export function* walk(node: TreeNode): Generator<TreeNode> {
  yield node;
  for (const child of node.children) yield* walk(child);
}

/** The strings of a property; none when it is absent. */
export function strings(node: TreeNode, property: string): string[] {
  const bytes = node.properties.get(property);
  if (bytes === undefined) return [];
  return new TextDecoder().decode(bytes).split("\0").filter((word) => word !== "");
}

/** Whether a node is in use. */
export function enabled(node: TreeNode): boolean {
  return ["okay", "ok", undefined].includes(strings(node, "status")[0]);
}

/** The node of a path, or of an alias. */
export function nodeOf(root: TreeNode, path: string): TreeNode {
  if (!path.startsWith("/")) {
    const aliases = nodeOf(root, "/aliases");
    const [target] = strings(aliases, path);
    if (target === undefined) throw new Error(`no alias "${path}" in the device tree`);
    return nodeOf(root, target);
  }
  let node = root;
  for (const name of path.split("/").slice(1)) {
    const child = node.children.find((other) => other.name === name);
    if (child === undefined) throw new Error(`no node "${path}" in the device tree`);
    node = child;
  }
  return node;
}

/** Properties with references that have arguments, by the property that says how many. */
const WITH_ARGUMENTS: readonly (readonly [RegExp, string])[] = [
  [/^clocks$/, "#clock-cells"],
  [/^resets$/, "#reset-cells"],
  [/^power-domains$/, "#power-domain-cells"],
  [/^phys$/, "#phy-cells"],
  [/^mboxes$/, "#mbox-cells"],
  [/^iommus$/, "#iommu-cells"],
  [/^interrupts-extended$/, "#interrupt-cells"],
  [/^(.*-)?gpios?$/, "#gpio-cells"],
];
const PLAIN =
  /^(pinctrl-\d+|.*-supply|interrupt-parent|msi-parent|mmc-pwrseq|phy-handle|firmware)$/;

/** What a device works with: itself, the buses it hangs on, and what its and their properties refer to. */
export function needs(root: TreeNode, device: TreeNode): Set<TreeNode> {
  const byPhandle = new Map<number, TreeNode>();
  for (const node of walk(root)) {
    const [phandle] = cells(node.properties.get("phandle"));
    if (phandle !== undefined) byPhandle.set(phandle, node);
  }
  const found = new Set<TreeNode>();
  const queue = [device];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (found.has(node) || !enabled(node)) continue;
    found.add(node);
    if (node.parent !== undefined) queue.push(node.parent);
    for (const [name, bytes] of node.properties) {
      const count = WITH_ARGUMENTS.find(([pattern]) => pattern.test(name))?.[1];
      if (count === undefined && !PLAIN.test(name)) continue;
      const values = cells(bytes);
      for (let at = 0; at < values.length; at++) {
        const other = byPhandle.get(values[at]!);
        if (other === undefined) continue;
        queue.push(other);
        if (count !== undefined) at += cells(other.properties.get(count))[0] ?? 0;
      }
    }
  }
  return found;
}

function cells(bytes: Uint8Array | undefined): number[] {
  if (bytes === undefined) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length >> 2 }, (_, at) => view.getUint32(4 * at));
}
