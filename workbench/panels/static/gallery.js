// @ts-check
// Gallery: pages of thumbnails are asked for as they come near the view; arrow keys walk, Enter looks, L asks
// "like this", E unfolds an event of a video.

import { boxOver } from "./boxes.js";
import { h, setText, showPicture } from "./dom.js";
import { fileName, number, percent } from "./format.js";
import { consume } from "./jupyterlab.js";
import { lazyGrid, nodesOf, walk } from "./lazy.js";
import { asker, setter, status } from "./panel.js";

const PAGE = 60;
const TABS = { hits: "Hits", selection: "Selection", all: "All" };

/**
 * The range of an event in a video, which unfolds into its frames where there are several.
 * @param {any} item
 * @param {{ unfold: (row: number, on: boolean) => void }} on
 */
function eventOf(item, on) {
  if (item.frames < 2) return h("span", { class: "wb-moment" }, item.event);
  return h(
    "button",
    {
      class: "wb-moment",
      tabindex: "-1",
      title: item.unfolded ? "Only its best frame again (E)" : "All its frames (E)",
      "aria-expanded": String(item.unfolded),
      onclick: (event) => {
        event.stopPropagation();
        on.unfold(item.row, !item.unfolded);
      },
    },
    `${item.unfolded ? "▾" : "▸"} ${item.event}`,
  );
}

/**
 * @param {any} item
 * @param {{ focus: (row: number) => void, like: (row: number, add: boolean) => void,
 *   unfold: (row: number, on: boolean) => void }} on
 */
function tile(item, on) {
  const name = fileName(item.name);
  const figures = [item.score?.toFixed(2), item.probability == null ? null : percent(item.probability)];
  const score = item.score == null ? "" : figures.filter((figure) => figure != null).join(" · ");
  const picture = h("img", { alt: item.name, loading: "lazy", draggable: "false" });
  showPicture(picture, item.thumbnail);
  const said = [name, item.event, score && `score ${score}`].filter(Boolean).join(", ");
  const like = h(
    "button",
    {
      class: "wb-like",
      tabindex: "-1",
      title: "More like this (L); with Shift: add to the query",
      "aria-label": `More like ${name}`,
      onclick: (event) => {
        event.stopPropagation();
        on.like(item.row, event.shiftKey);
      },
    },
    "≈ like this",
  );
  return h(
    "div",
    {
      class: "wb-tile",
      role: "option",
      tabindex: "-1",
      "data-key": item.row,
      "data-row": item.row,
      title: item.name,
      "aria-label": said,
      onclick: () => on.focus(item.row),
    },
    picture,
    item.box ? boxOver(item.box, item.shape) : null,
    item.event ? eventOf(item, on) : null,
    label(name, item.part),
    score ? h("div", { class: "wb-score" }, score) : null,
    like,
  );
}

/**
 * The name of a file is cut where it is too long for its tile, the page or time in it is not.
 * @param {string} name
 * @param {string} part
 */
function label(name, part) {
  const end = `, ${part}`;
  if (!part || !name.endsWith(end)) return h("div", { class: "wb-name" }, name);
  return h(
    "div",
    { class: "wb-name wb-part" },
    h("span", { class: "wb-file" }, name.slice(0, -end.length)),
    h("span", {}, part),
  );
}

/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  const set = setter(model);
  const on = {
    /** @param {number} row */
    focus: (row) => ask("focus", { row }),
    /** @param {number} row @param {boolean} add */
    like: (row, add) => ask("like", { row, add }),
    /** @param {number} row @param {boolean} on */
    unfold: (row, on) => ask("unfold", { row, on }),
  };
  const grid = h("div", { class: "wb-grid", role: "listbox", "aria-label": "Thumbnails" });
  const empty = h("div", { class: "wb-empty" });
  const scroller = h("div", { class: "wb-scroll" }, empty, grid);
  const tabs = h("div", { class: "wb-group", role: "tablist" });
  const size = h("input", {
    type: "range",
    min: 64,
    max: 256,
    step: 16,
    "aria-label": "Size of the thumbnails",
    title: "Size",
  });

  function drawTabs() {
    const counts = model.get("counts");
    const buttons = Object.entries(TABS).map(([key, text]) =>
      h(
        "button",
        { role: "tab", "aria-selected": String(model.get("show") === key), onclick: () => set("show", key) },
        `${text} ${number(counts[key])}`,
      ),
    );
    tabs.replaceChildren(...buttons);
    /** @type {Record<string, string>} */
    const hints = {
      hits: counts.query
        ? "No image passes the limit. Lower it, or ask in other words."
        : "Ask in words above, or click “≈ like this” on a thumbnail.",
      selection: "Draw a lasso on the map. Shift adds, Alt removes, a double click clears.",
      all: "There are no images in this case.",
    };
    setText(empty, hints[model.get("show")]);
    empty.hidden = Boolean(counts[model.get("show")]);
  }

  function markFocus() {
    const row = String(model.get("focus"));
    for (const node of nodesOf(grid)) node.setAttribute("aria-selected", String(node.dataset.row === row));
  }

  const list = lazyGrid({
    grid,
    scroller,
    page: PAGE,
    draw: (item) => tile(item, on),
    grown: markFocus,
    load: async (start, count) => {
      const [answer, buffers] = await ask("page", { start, count, version: model.get("version") });
      answer.items?.forEach((/** @type {any} */ item, /** @type {number} */ i) => {
        item.thumbnail = buffers[i];
      });
      return answer;
    },
  });

  function restart() {
    grid.replaceChildren();
    scroller.scrollTop = 0;
    drawTabs();
    list.restart(true);
  }

  grid.addEventListener("keydown", (event) => {
    const here = /** @type {HTMLElement} */ (event.target).closest(".wb-tile");
    if (!(here instanceof HTMLElement)) return;
    const row = Number(here.dataset.row);
    if (walk(event, grid)) return consume(event);
    if (event.key === "Enter" || event.key === " ") on.focus(row);
    else if (event.key.toLowerCase() === "l") on.like(row, event.shiftKey);
    else if (event.key.toLowerCase() === "e")
      /** @type {HTMLElement | null} */ (here.querySelector("button.wb-moment"))?.click();
    else return;
    consume(event);
  });

  const setSize = () => {
    size.value = model.get("size");
    grid.style.setProperty("--wb-size", `${model.get("size")}px`);
  };
  size.addEventListener("input", () => {
    set("size", Number(size.value));
    setSize();
  });
  model.on("change:version", restart);
  model.on("change:counts change:show", drawTabs);
  model.on("change:focus", markFocus);
  model.on("change:size", setSize);
  el.classList.add("wb-panel", "wb-gallery");
  el.append(
    h(
      "div",
      { class: "wb-row" },
      tabs,
      h("span", { class: "wb-space" }),
      h("label", { class: "wb-row wb-quiet" }, "Size", size),
    ),
    status(model),
    scroller,
  );
  setSize();
  restart();
}

export default { render };
