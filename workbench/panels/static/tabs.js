// @ts-check
// Tabs: the sides of the desk; the arrow keys walk them.

import { h } from "./dom.js";
import { consume } from "./jupyterlab.js";
import { nodesOf } from "./lazy.js";
import { asker, fill, status } from "./panel.js";

/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  const bar = h("div", { class: "wb-tabs", role: "tablist", "aria-label": "Sides of the desk" });
  const tabOf = Object.fromEntries(
    Object.entries(model.get("sides")).map(([name, text]) => [
      name,
      h("button", { role: "tab", "data-side": name, onclick: () => ask("choose", { name }) }, text),
    ]),
  );
  bar.append(...Object.values(tabOf));

  function draw() {
    for (const [name, tab] of Object.entries(tabOf)) {
      const on = name === model.get("side");
      tab.setAttribute("aria-selected", String(on));
      tab.setAttribute("tabindex", on ? "0" : "-1");
    }
  }
  bar.addEventListener("keydown", (event) => {
    /** @type {Record<string, number>} */
    const steps = { ArrowRight: 1, ArrowLeft: -1 };
    const step = steps[event.key];
    if (!step) return;
    const tabs = nodesOf(bar);
    const next =
      tabs[(tabs.indexOf(/** @type {HTMLElement} */ (event.target)) + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
    consume(event);
  });
  model.on("change:side", draw);
  fill(el, "wb-sidebar", bar, status(model));
  draw();
}

export default { render };
