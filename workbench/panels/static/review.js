// @ts-check
// Review: pairs of faces that should be looked at again, the same person or not; and the history of what was
// decided.

import { around, h, setText } from "./dom.js";
import { NOBODY } from "./face_parts.js";
import { consume } from "./jupyterlab.js";
import { lazyGrid, reach, walk } from "./lazy.js";

/** @typedef {{ row: number, caption: string, identity: string, name: string }} DoubtfulFace */

/**
 * Pairs of faces to look at again, each answered by yes or no.
 * @param {object} panel
 * @param {import("./types.js").Ask} panel.ask
 * @param {import("./face_parts.js").Go} panel.go
 * @param {import("./face_parts.js").Crop} panel.crop
 * @param {(identity: string) => unknown} panel.look
 * @param {() => unknown} panel.leave
 */
export function review({ ask, go, crop, look, leave }) {
  const grid = h("div", { class: "wb-doubts", role: "group", "aria-label": "Doubts" });
  const empty = h("div", { class: "wb-empty" });
  const scroller = h("div", { class: "wb-scroll", tabindex: "-1" }, empty, grid);

  /** @param {HTMLElement} node @param {boolean} same */
  function settle(node, same) {
    const [row, other_row] = (node.dataset.key ?? "").split(" ").map(Number);
    reach(grid, node.nextElementSibling ?? node.previousElementSibling);
    node.remove();
    go("settle", { row, other_row, same });
  }
  /** @param {DoubtfulFace} face */
  const side = (face) =>
    h(
      "figure",
      {},
      crop(face.row, face.caption),
      h(
        "figcaption",
        {},
        face.identity
          ? h(
              "button",
              { class: "wb-link", tabindex: "-1", title: "Open", onclick: () => look(face.identity) },
              face.name || NOBODY,
            )
          : "in no identity",
      ),
    );

  /** @param {{ faces: DoubtfulFace[], why: string, similarity: number }} item */
  function draw(item) {
    const names = item.faces.map((face) => face.name || "a person without a name").join(" and ");
    /** @type {HTMLElement} */
    const node = h(
      "div",
      {
        class: "wb-doubt",
        role: "group",
        tabindex: "-1",
        "data-key": item.faces.map((face) => face.row).join(" "),
        "aria-label": `${names}: ${item.why}. Y for the same person, N for not`,
      },
      ...item.faces.map(side),
      h(
        "div",
        { class: "wb-why" },
        h("span", { title: `cosine ${item.similarity.toFixed(2)}` }, item.why),
        h(
          "div",
          { class: "wb-row" },
          h(
            "button",
            { class: "wb-yes", tabindex: "-1", onclick: () => settle(node, true) },
            "Same person (Y)",
          ),
          h(
            "button",
            { class: "wb-no", tabindex: "-1", onclick: () => settle(node, false) },
            "Not the same (N)",
          ),
        ),
      ),
    );
    return node;
  }

  grid.addEventListener("keydown", (event) => {
    const node = around(event, ".wb-doubt");
    if (!node) return;
    if (event.key.toLowerCase() === "y") settle(node, true);
    else if (event.key.toLowerCase() === "n") settle(node, false);
    else if (event.key === "Escape") leave();
    else if (!walk(event, grid)) return;
    consume(event);
  });

  const list = lazyGrid({
    grid,
    scroller,
    draw,
    page: 20,
    load: async (start, count) => {
      const [answer] = await ask("doubts", { start, count });
      empty.hidden = answer.total !== 0;
      setText(empty, "Nothing to check: no person's faces differ much, and no two people look alike.");
      return answer;
    },
  });
  return { node: scroller, restart: list.restart };
}

/** @param {{ ask: import("./types.js").Ask }} panel */
export function history({ ask }) {
  const table = h("table", { class: "wb-history" });
  const node = h("div", { class: "wb-scroll", tabindex: "0", "aria-label": "History" }, table);
  /** @type {(cell: "th" | "td", texts: string[], stands?: boolean) => HTMLElement} */
  const line = (cell, texts, stands = true) =>
    h(
      "tr",
      { class: stands ? null : "wb-undone", title: stands ? null : "Undone" },
      ...texts.map((text) => h(cell, {}, text)),
    );
  async function restart() {
    const [answer] = await ask("history");
    table.replaceChildren(
      ...(answer.events?.length
        ? [
            line("th", answer.columns),
            ...answer.events.map((/** @type {string[]} */ event, /** @type {number} */ i) =>
              line("td", event, answer.stands[i]),
            ),
          ]
        : [line("td", ["No decisions yet."])]),
    );
  }
  return { node, restart };
}
