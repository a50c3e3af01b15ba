// @ts-check
// Recall: thumbnails to judge, Y and N on the keyboard, and what the answers say.

import { focusOn, h, pictureUrl, setText } from "./dom.js";
import { number, percent } from "./format.js";
import { asker, fill, status } from "./panel.js";

/** @typedef {{ row: number, name: string, right: boolean | null }} Item */
/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  const start = h(
    "button",
    {
      title: "Judge some images beyond the hits to estimate how many were missed",
      onclick: () => ask("start"),
    },
    "Did I miss any?",
  );
  const said = h("span", { role: "status" });
  const keep = h(
    "button",
    {
      title: "Add to the selection the images you marked as right beyond the hits",
      onclick: () => ask("keep"),
    },
    "Select what was missed",
  );
  const stop = h("button", { onclick: () => ask("stop") }, "Close");
  const strip = h("div", { class: "wb-judge", role: "list", "aria-label": "Images to judge" });
  let shown = "";
  /** @returns {Item[]} */
  const itemsNow = () => model.get("items");

  /** @param {Item} item @param {number} position @param {string} url */
  function card(item, position, url) {
    /** @param {boolean} right */
    const judge = (right) =>
      ask("judge", { row: item.row, right: model.get("items")[position].right === right ? null : right });
    /** @type {(right: boolean, text: string, key: string) => HTMLElement} */
    const choice = (right, text, key) =>
      h(
        "button",
        { title: `${text} (${key})`, "data-right": String(right), onclick: () => judge(right) },
        text,
      );
    const node = h(
      "div",
      { class: "wb-verdict", role: "listitem", tabindex: "0", "data-row": item.row, "aria-label": item.name },
      h("img", { src: url, alt: item.name, title: item.name }),
      h("span", { class: "wb-group" }, choice(true, "Yes", "Y"), choice(false, "No", "N")),
    );
    node.addEventListener("keydown", (event) => {
      const right = { y: true, n: false }[event.key.toLowerCase()];
      if (right === undefined) return;
      judge(right);
      focusOn(node.nextElementSibling);
      event.preventDefault();
    });
    return node;
  }
  async function draw() {
    const items = itemsNow();
    start.hidden = !model.get("ready") || items.length > 0;
    el.hidden = !model.get("ready") && !model.get("error");
    strip.hidden = stop.hidden = !items.length;
    const rows = items.map((item) => item.row);
    if (shown !== String(rows)) {
      shown = String(rows);
      const [, buffers] = rows.length
        ? await ask("thumbnails", { rows })
        : [null, /** @type {DataView[]} */ ([])];
      if (shown !== String(rows)) return;
      strip.replaceChildren(...itemsNow().map((item, i) => card(item, i, pictureUrl(buffers[i]))));
    }
    itemsNow().forEach((item, i) => {
      for (const choice of strip.children[i]?.querySelectorAll("button") ?? []) {
        choice.setAttribute("aria-pressed", String(String(item.right) === choice.dataset.right));
      }
    });
    drawSaid();
  }
  function drawSaid() {
    const s = model.get("said");
    keep.hidden = !itemsNow().some((item) => item.right);
    if (!itemsNow().length) {
      setText(said, "");
      return;
    }
    if (!s.recall) {
      setText(
        said,
        "Does it show what you asked for? Press Y or N. The first ones lie just beyond the hits.",
      );
      return;
    }
    /** @type {(v: number[], f: (value: number) => string) => string} */
    const range = (v, f) => `${f(v[1])} (${f(v[0])} to ${f(v[2])})`;
    /** @param {number} v */
    const n = (v) => number(Math.round(v));
    said.replaceChildren(
      h("strong", {}, `Recall ${range(s.recall, percent)}`),
      `, missed ${range(s.missed, n)}, precision ${range(s.precision, percent)}; `,
      `${s.judged} of ${s.of} judged, 95 % intervals`,
    );
  }
  model.on("change:ready change:items change:said change:error", draw);
  fill(
    el,
    "wb-recall",
    h("div", { class: "wb-row" }, start, said, h("span", { class: "wb-space" }), keep, stop),
    strip,
    status(model),
  );
  draw();
}

export default { render };
