import assert from "node:assert/strict";
import { attributes, constantMarkup, type Content, html } from "./html.ts";

Deno.test("html escapes what is put in, in text and in attributes", () => {
  const evil = `"><script>alert('1')</script>&\``;
  const text = html`<a title="${evil}">${evil}</a>`.toString();
  assert.equal(text.match(/</g)?.length, 2);
  assert.equal(text.match(/"/g)?.length, 2);
  assert.ok(!/['`]/.test(text));
  assert.equal(html`${"a&b"}`.toString(), "a&amp;b");
});

Deno.test("html takes markup as it is, and lists of anything", () => {
  const items: Content[] = ["<", 1, undefined, null, false, html`<i>x</i>`];
  assert.equal(html`<p>${items}</p>`.toString(), "<p>&lt;1<i>x</i></p>");
  assert.equal(html`${constantMarkup("<svg/>")}`.toString(), "<svg/>");
});

Deno.test("html does not take for markup what only looks like it", () => {
  const forged = { toString: () => "<script>" };
  const value = Object.create(String.prototype, {
    toString: { value: forged.toString },
  }) as unknown as string;
  assert.throws(() => html`${value}`);
});

Deno.test("attributes() leaves out what is not set, and refuses names that are none", () => {
  const text = attributes({ id: `"x"`, hidden: true, title: undefined, open: false, tabindex: 0 });
  assert.equal(text.toString(), ` id="&quot;x&quot;" hidden tabindex="0"`);
  assert.throws(() => attributes({ "a b": "c" }), TypeError);
});
