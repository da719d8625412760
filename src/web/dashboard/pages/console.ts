/**
 * The ng console: composes a message, sends it, shows the reply and what was done to the SDP.
 *
 * @module
 */

import { EXAMPLES } from "../console_examples.ts";
import { card, empty } from "../components.ts";
import { attributes, html } from "../html.ts";
import type { Page } from "../page.ts";

/** `/ui/console`. */
export const CONSOLE_PAGE: Page = {
  path: "/console",
  section: "console",
  needs: "admin",
  render() {
    const [first] = EXAMPLES;
    const options = EXAMPLES.map(({ name }, i) =>
      html`<option${attributes({ value: i })}>${name}</option>`
    );
    const { sdp: _, ...message } = { sdp: undefined, ...first?.message };
    return {
      title: "ng console",
      body: html`
        <div
          class="cards console">${card({
            title: "Message",
            body: html`
              <form class="form" id="ng">
                <div
                  class="field"><label for="example">Begin with</label><select id="example" data-examples="${JSON
                    .stringify(EXAMPLES)}">${options}</select><p class="hint" id="about">${first
                    ?.about}</p></div>
                <div
                  class="field"><label for="message">Dictionary, as JSON, without the SDP</label><textarea id="message" class="code" rows="9" spellcheck="false" autocomplete="off">${JSON
                    .stringify(message, undefined, 2)}</textarea></div>
                <div
                  class="field"><label for="sdp">SDP</label><textarea id="sdp" class="code" rows="14" spellcheck="false" autocomplete="off" aria-describedby="sdp-hint">${first
                    ?.sdp}</textarea><p class="hint" id="sdp-hint">Left empty, none is sent. What you send is carried out: an offer makes a real call, until it is deleted or nobody answers.</p></div>
                <p class="error" role="alert" data-error hidden></p>
                <div
                  class="actions"><button type="submit" class="button primary">Send</button><span class="hint">or Ctrl+Enter</span></div>
              </form>
            `,
          })}<section class="card" aria-live="polite"><header><h2>Reply</h2><div class="actions" id="verdict"></div></header><div id="reply">${empty(
            "Nothing sent yet",
            "Choose an example, change what you like, and send it.",
          )}</div></section><section class="card wide" id="compare" hidden><header><h2>What was done to the SDP</h2><span class="legend"><span>− sent</span><span>+ given back</span></span></header><div class="sides"><div><h3>Sent</h3><pre id="before" tabindex="0"></pre></div><div><h3>Given back</h3><pre id="after" tabindex="0"></pre></div></div></section></div>
      `,
    };
  },
};
