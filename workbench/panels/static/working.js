// @ts-check
// Working: what a panel computes on another thread, how far it is, and the button that ends it.

import { h, setText } from "./dom.js";
import { percent } from "./format.js";

/**
 * A node that shows the traits working, share and trouble of the model.
 * @param {import("./types.js").Model} model
 * @param {import("./types.js").Ask} ask
 */
export function working(model, ask) {
  const text = h("span");
  const bar = h("progress", { max: "1", "aria-label": "Progress" });
  const busy = h(
    "div",
    { class: "wb-working", role: "status" },
    h("span", { class: "wb-busy" }),
    text,
    bar,
    h("button", { onclick: () => ask("cancel") }, "Cancel"),
  );
  const trouble = h("div", { class: "wb-error", role: "alert" });
  const draw = () => {
    const share = model.get("share");
    busy.hidden = !model.get("working");
    setText(text, `${model.get("working")}${share >= 0 ? ` · ${percent(share)}` : ""}`);
    if (share >= 0) bar.value = share;
    else bar.removeAttribute("value");
    setText(trouble, model.get("trouble"));
    trouble.hidden = !trouble.textContent;
  };
  model.on("change:working change:share change:trouble", draw);
  draw();
  return h("div", { class: "wb-status" }, busy, trouble);
}
