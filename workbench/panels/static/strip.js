// @ts-check
// Strip: faces one can tick, drag and look at; the two proposed halves of a split; and faces suggested, yes
// or no each.

import { around, focusOn, h, setText } from "./dom.js";
import { drag, dropped, FACES } from "./face_parts.js";
import { percent } from "./format.js";
import { consume } from "./jupyterlab.js";
import { activeIn, lazyGrid, nodesOf, reach, walk } from "./lazy.js";

/** @typedef {{ row: number, name: string, ticked?: boolean }} Face */
/** @typedef {import("./face_parts.js").Crop} Crop */
/** @typedef {import("./face_parts.js").Go} Go */
/** @typedef {import("./types.js").Ask} Ask */
/** @typedef {import("./types.js").Model} Model */

/**
 * @param {Face} item
 * @param {Crop} crop
 * @param {import("./types.js").Attributes} extra
 */
function faceTile(item, crop, extra = {}) {
  return h(
    "div",
    {
      class: "wb-face",
      role: "option",
      tabindex: "-1",
      "data-key": item.row,
      title: item.name,
      "aria-label": item.name,
      draggable: "true",
      ...extra,
    },
    crop(item.row, item.name),
  );
}

/**
 * Faces one can tick, drag and look at.
 * @param {object} panel
 * @param {Model} panel.model
 * @param {Ask} panel.ask
 * @param {Go} panel.go
 * @param {Crop} panel.crop
 * @param {() => unknown} panel.leave
 */
export function strip({ model, ask, go, crop, leave }) {
  const grid = h("div", {
    class: "wb-faces",
    role: "listbox",
    "aria-multiselectable": "true",
    "aria-label": "Faces",
  });
  const empty = h("div", { class: "wb-empty" });
  const scroller = h("div", { class: "wb-scroll", tabindex: "-1" }, empty, grid);
  /** @type {HTMLElement | null} */
  let last = null;
  /** @param {HTMLElement} tile */
  const ticked = (tile) => tile.getAttribute("aria-selected") === "true";
  /** @param {HTMLElement[]} tiles */
  const rows = (tiles) => tiles.map((tile) => Number(tile.dataset.key));

  /** @param {HTMLElement[]} tiles @param {boolean} on */
  function tick(tiles, on) {
    for (const tile of tiles) tile.setAttribute("aria-selected", String(on));
    go("tick", { rows: rows(tiles), on });
  }

  /** @param {MouseEvent} event @param {HTMLElement} tile */
  function click(event, tile) {
    const tiles = nodesOf(grid);
    if (event.shiftKey && last?.parentNode === grid) {
      const [a, b] = [tiles.indexOf(last), tiles.indexOf(tile)].sort((x, y) => x - y);
      tick(tiles.slice(a, b + 1), true);
    } else if (around(event, ".wb-check") || event.ctrlKey || event.metaKey || model.get("counts").ticked)
      tick([tile], !ticked(tile));
    else go("focus_on", { row: Number(tile.dataset.key) });
    last = tile;
    reach(grid, tile);
  }

  /** @param {Face} item */
  function draw(item) {
    /** @type {HTMLElement} */
    const tile = faceTile(item, crop, {
      "aria-selected": String(item.ticked),
      onclick: (event) => click(event, tile),
    });
    tile.append(h("span", { class: "wb-check", title: "Tick (Space)" }));
    tile.classList.toggle("wb-looked", item.row === model.get("focus"));
    tile.addEventListener("dragstart", (event) => {
      const moved = ticked(tile) ? nodesOf(grid).filter(ticked) : [tile];
      drag(event, FACES, JSON.stringify(rows(moved)));
    });
    return tile;
  }

  grid.addEventListener("keydown", (event) => {
    const tile = around(event, ".wb-face");
    if (!tile) return;
    if (walk(event, grid)) {
      const now = activeIn(grid);
      if (event.shiftKey && now) tick([tile, now], true);
    } else if (event.key === " ") {
      tick([tile], !ticked(tile));
      last = tile;
    } else if (event.key === "Enter") go("focus_on", { row: Number(tile.dataset.key) });
    else if (event.key === "Escape" && model.get("counts").ticked) go("tick_all", { on: false });
    else if (event.key === "Escape") leave();
    else return;
    consume(event);
  });

  /** @type {Record<string, string>} */
  const hints = {
    alone: "Every face belongs to a person or is set aside.",
    aside: "Nothing is set aside. Tick faces and press “Not a face” or “Unknown”.",
    selected: "Draw a lasso on the map of faces below.",
  };
  const list = lazyGrid({
    grid,
    scroller,
    draw,
    page: 60,
    load: async (start, count) => {
      const [answer] = await ask("tiles", { start, count });
      empty.hidden = answer.total !== 0;
      setText(empty, hints[model.get("pane")] ?? "");
      return answer;
    },
  });
  model.on("change:focus", () => {
    for (const tile of nodesOf(grid))
      tile.classList.toggle("wb-looked", Number(tile.dataset.key) === model.get("focus"));
  });
  return { node: scroller, restart: list.restart };
}

/**
 * Two halves side by side: a click, Enter or a drag puts a face into the other one.
 * @param {object} panel
 * @param {Model} panel.model
 * @param {Ask} panel.ask
 * @param {Go} panel.go
 * @param {Crop} panel.crop
 * @param {() => unknown} panel.leave
 */
export function halves({ model, ask, go, crop, leave }) {
  const split = h("button", { class: "wb-main", onclick: () => go("split") }, "Split (Enter)");
  const sides = [false, true].map((leaves) => {
    const title = h("b", {});
    const grid = h("div", {
      class: "wb-faces",
      role: "listbox",
      "aria-label": leaves ? "Faces of somebody else" : "Faces that stay",
    });
    const scroller = h("div", { class: "wb-scroll", tabindex: "-1" }, grid);
    const node = h("div", { class: "wb-half" }, title, scroller);
    node.addEventListener("dragover", (event) => {
      if (event.dataTransfer?.types.includes(FACES)) event.preventDefault();
    });
    node.addEventListener("drop", (event) => {
      event.preventDefault();
      const [row] = JSON.parse(dropped(event, FACES) || "[]");
      flip(sides[Number(!leaves)].grid.querySelector(`[data-key="${row}"]`));
    });
    return { leaves, title, grid, scroller, node, total: 0 };
  });

  function titles() {
    const name = model.get("person").name || "this person";
    setText(sides[0].title, `Stays ${name} · ${sides[0].total}`);
    setText(sides[1].title, `Somebody else · ${sides[1].total}`);
    split.disabled = !sides[0].total || !sides[1].total;
  }

  /** @param {HTMLElement | null} tile */
  async function flip(tile) {
    const from = sides.find((side) => side.grid.contains(tile));
    if (!tile || !from) return;
    const to = sides[Number(!from.leaves)];
    const next = tile.nextElementSibling ?? tile.previousElementSibling;
    to.grid.prepend(tile);
    if (next) reach(from.grid, next);
    else reach(to.grid, tile);
    const [answer] = await ask("flip", { rows: [Number(tile.dataset.key)] });
    [sides[0].total, sides[1].total] = [answer.stays, answer.leaves];
    titles();
  }

  const lists = sides.map((side) =>
    lazyGrid({
      grid: side.grid,
      scroller: side.scroller,
      page: 60,
      draw: (item) => {
        /** @type {HTMLElement} */
        const tile = faceTile(item, crop, { onclick: () => flip(tile) });
        tile.addEventListener("dragstart", (event) => drag(event, FACES, JSON.stringify([item.row])));
        return tile;
      },
      load: async (start, count) => {
        const [answer] = await ask("half", { leaves: side.leaves, start, count });
        side.total = answer.total;
        titles();
        return answer;
      },
    }),
  );
  for (const side of sides) {
    side.grid.addEventListener("keydown", (event) => {
      const edge = (event.key === "ArrowRight" && !side.leaves) || (event.key === "ArrowLeft" && side.leaves);
      if (event.key === " ") flip(around(event, ".wb-face"));
      else if (event.key === "Enter") split.click();
      else if (event.key === "Escape") leave();
      else if (edge && event.ctrlKey)
        reach(sides[Number(!side.leaves)].grid, sides[Number(!side.leaves)].grid.firstElementChild);
      else if (!walk(event, side.grid)) return;
      consume(event);
    });
  }
  const node = h(
    "div",
    { class: "wb-halves" },
    h(
      "div",
      { class: "wb-row" },
      h(
        "span",
        { class: "wb-grow" },
        "Are these two people? Click a face (or press Space) to move it to the other side.",
      ),
      split,
      h("button", { onclick: leave }, "Cancel"),
    ),
    h("div", { class: "wb-sides" }, ...sides.map((side) => side.node)),
  );
  return {
    node,
    restart: async () => {
      await Promise.all(lists.map((list) => list.restart(true)));
      focusOn(sides[1].grid.querySelector("[data-key]"));
    },
  };
}

/**
 * Y or N on a face answers and goes on to the next.
 * @param {object} panel
 * @param {Model} panel.model
 * @param {Ask} panel.ask
 * @param {Go} panel.go
 * @param {Crop} panel.crop
 */
export function suggestions({ model, ask, go, crop }) {
  const grid = h("div", { class: "wb-suggested", role: "group", "aria-label": "Suggestions" });
  const title = h("b", {});
  const node = h("div", { class: "wb-suggestions" }, title, grid);

  /** @param {HTMLElement} tile @param {boolean} yes */
  async function answer(tile, yes) {
    const next = tile.nextElementSibling ?? tile.previousElementSibling;
    const row = Number(tile.dataset.key);
    tile.remove();
    reach(grid, next);
    node.hidden = !grid.children.length;
    await go("answer", { row, identity: model.get("opened"), yes });
  }

  /** @param {Face & { confidence: number }} item */
  function draw(item) {
    const sure = percent(item.confidence);
    /** @type {HTMLElement} */
    const tile = h(
      "div",
      {
        class: "wb-suggestion",
        "data-key": item.row,
        tabindex: "-1",
        role: "group",
        title: item.name,
        "aria-label": `${item.name}, ${sure} sure. Y for yes, N for no`,
      },
      crop(item.row, item.name),
      h("span", { class: "wb-quiet" }, sure),
      h(
        "div",
        { class: "wb-group" },
        h(
          "button",
          {
            tabindex: "-1",
            title: "Yes (Y)",
            "aria-label": "Yes",
            class: "wb-yes",
            onclick: () => answer(tile, true),
          },
          "✓",
        ),
        h(
          "button",
          {
            tabindex: "-1",
            title: "No (N)",
            "aria-label": "No",
            class: "wb-no",
            onclick: () => answer(tile, false),
          },
          "✗",
        ),
      ),
    );
    return tile;
  }

  grid.addEventListener("keydown", (event) => {
    const tile = around(event, ".wb-suggestion");
    if (!tile) return;
    if (event.key.toLowerCase() === "y") answer(tile, true);
    else if (event.key.toLowerCase() === "n") answer(tile, false);
    else if (event.key === "Enter") go("focus_on", { row: Number(tile.dataset.key) });
    else if (!walk(event, grid)) return;
    consume(event);
  });

  async function restart() {
    const identity = model.get("opened");
    if (model.get("pane") !== "identity") {
      node.hidden = true;
      return;
    }
    const [got] = await ask("suggest", { identity, count: 12 });
    if (got.identity !== model.get("opened")) return;
    const active = activeIn(grid)?.dataset.key;
    node.hidden = !got.items.length;
    setText(title, `Also ${model.get("person").name || "this person"}?`);
    grid.replaceChildren(...got.items.map(draw));
    const first = grid.querySelector(`[data-key="${active}"]`) ?? grid.firstElementChild;
    if (active) reach(grid, first);
    else first?.setAttribute("tabindex", "0");
  }
  return { node, restart };
}
