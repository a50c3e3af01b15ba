// @ts-check
// Folding: panels that are one line until they are opened; the trait `unfolded` says whether they are.

import { h, setText } from "./dom.js";

/** @typedef {import("./types.js").Child} Child */
/** @typedef {import("./types.js").Model} Model */

/**
 * A line that folds the rest of the panel.
 * @param {Model} model
 * @param {import("./types.js").Ask} ask
 * @param {object} line
 * @param {string} line.name the class of its button
 * @param {string} line.title
 * @param {string} line.hint told while the panel is folded
 * @param {HTMLElement} line.inside the rest of the panel
 * @param {() => void} [line.opened] called when it was opened
 */
export function foldLine(model, ask, { name, title, hint, inside, opened = () => {} }) {
  const toggle = h("button", {
    class: name,
    onclick: () => ask("unfold", { value: !model.get("unfolded") }),
  });
  const told = h("span", { class: "wb-quiet" }, hint);
  const draw = () => {
    const on = model.get("unfolded");
    inside.hidden = !on;
    told.hidden = on;
    toggle.setAttribute("aria-expanded", String(on));
    setText(toggle, `${on ? "▾" : "▸"} ${title}`);
    if (on) opened();
  };
  model.on("change:unfolded", draw);
  return { node: h("div", { class: "wb-row" }, toggle, told), draw };
}

/**
 * A summary that folds its children.
 * @param {Model} model
 * @param {(open: boolean) => void} toggled called when it was opened or closed
 * @param {Child[]} summary
 * @param {Child[]} children
 */
export function foldDetails(model, toggled, summary, ...children) {
  /** @type {HTMLDetailsElement} */
  const node = h(
    "details",
    { open: model.get("unfolded"), ontoggle: () => toggled(node.open) },
    h("summary", {}, ...summary),
    ...children,
  );
  model.on("change:unfolded", () => {
    node.open = model.get("unfolded");
  });
  return node;
}
