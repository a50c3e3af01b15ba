// @ts-check
// Left out: files of the source that are no images of the case, with the reason for each.

import { button, h } from "./dom.js";
import { foldDetails } from "./folding.js";
import { number, plural } from "./format.js";
import { asker, fill, setter, status } from "./panel.js";

/** @type {[string, string][]} */
const LISTS = [
  ["problem", "Problems"],
  ["skipped", "Skipped"],
];

/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  const set = setter(model);
  const tabs = h("div", { class: "wb-group", role: "group", "aria-label": "Which files" });
  const kinds = h("span", { class: "wb-quiet" });
  const table = h("table");
  const scroller = h("div", { class: "wb-left-out-files", tabindex: "0", "aria-label": "Files" }, table);
  const counted = h("p", { class: "wb-quiet" });
  const rest = h("p", { class: "wb-quiet" });
  const hint = h("span", { class: "wb-quiet" });
  const fold = foldDetails(
    model,
    (on) => {
      if (on !== model.get("unfolded")) ask("unfold", { on });
    },
    ["Left out", hint],
    h(
      "div",
      { class: "wb-left-out-in" },
      counted,
      h("div", { class: "wb-row" }, tabs, kinds),
      scroller,
      rest,
    ),
    status(model),
  );

  function draw() {
    const { problem = 0, skipped = 0 } = model.get("counts");
    el.hidden = !problem && !skipped;
    hint.replaceChildren(`${plural(problem, "problem")}, ${plural(skipped, "skipped file")}`);
    tabs.replaceChildren(
      ...LISTS.map(([what, text]) =>
        button(
          `${text} ${number(model.get("counts")[what])}`,
          what === "problem" ? "Files that could not be read" : "Files that are no pictures we read",
          () => set("listed", what),
          what === model.get("listed"),
        ),
      ),
    );
    kinds.replaceChildren(model.get("listed") === "skipped" ? model.get("kinds") : "");
    if (model.get("unfolded")) list();
  }

  async function list() {
    const what = model.get("listed");
    const [answer] = await ask("list", { what });
    if (what !== model.get("listed") || !answer.files) return;
    counted.replaceChildren(answer.counted);
    /** @type {string[][]} */
    const files = answer.files;
    table.replaceChildren(
      ...files.map(([path, reason]) => h("tr", {}, h("td", {}, path), h("td", {}, reason))),
    );
    const more = model.get("counts")[what] - files.length;
    rest.hidden = !more;
    rest.replaceChildren(`and ${number(more)} more: desk.left_out.frame lists all`);
  }

  model.on("change:counts change:listed change:kinds change:unfolded", draw);
  fill(el, "wb-left-out", fold);
  draw();
}

export default { render };
