// @ts-check
// Things: draw a box around a thing on the image in focus; the images that hold it too come with their boxes.

import { boxOver, inWords } from "./boxes.js";
import { h, replacePicture, setText, showPictures, visible } from "./dom.js";
import { foldLine } from "./folding.js";
import { plural } from "./format.js";
import { asker, fill, status } from "./panel.js";
import { thingPhoto } from "./thing_photo.js";
import { working } from "./working.js";

/** @typedef {import("./types.js").Box} Box */
/** @typedef {import("./types.js").Pair} Pair */
/** @typedef {{ row: number, name: string, score: number, box?: Box, shape: Pair }} Tile */

/** @param {Tile} tile what it is read out as */
const spoken = ({ name, score, box }) =>
  `${name}, score ${score.toFixed(2)}${box ? `, ${inWords(box)}` : ""}: look at it`;

/** @param {import("./types.js").Model} model @param {import("./types.js").Ask} ask */
function thingTiles(model, ask) {
  const grid = h("div", { class: "wb-thing-tiles", role: "list", "aria-label": "Images that show it" });
  let run = 0;
  async function draw() {
    const mine = ++run;
    /** @type {Tile[]} */
    const tiles = model.get("tiles");
    const pictures = tiles.map((tile) => h("img", { alt: tile.name, draggable: "false" }));
    grid.replaceChildren(
      ...tiles.map((tile, i) =>
        h(
          "div",
          { role: "listitem" },
          h(
            "button",
            {
              class: "wb-thing-tile",
              "data-row": tile.row,
              title: tile.name,
              "aria-label": spoken(tile),
              onclick: () => ask("focus", { row: tile.row }),
            },
            h(
              "span",
              { class: "wb-thing-small" },
              pictures[i],
              tile.box ? boxOver(tile.box, tile.shape) : null,
            ),
            h("span", { class: "wb-quiet" }, tile.score.toFixed(2)),
          ),
        ),
      ),
    );
    mark();
    if (!tiles.length) return;
    const [, buffers] = await ask("thumbnails", { rows: tiles.map((tile) => tile.row) });
    if (mine !== run) return;
    showPictures(pictures, buffers);
  }
  function mark() {
    const row = String(model.get("row"));
    for (const tile of grid.querySelectorAll(".wb-thing-tile")) {
      tile.setAttribute("aria-pressed", String(tile.getAttribute("data-row") === row));
    }
  }
  model.on("change:tiles", draw);
  model.on("change:row", mark);
  return { node: grid, draw };
}

/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  const text = h("input", {
    class: "wb-thing-text",
    "aria-label": "An object in words",
    placeholder: "or in words: a red mug",
  });
  const find = h("button", { class: "wb-main", onclick: () => seek() }, "Find this thing");
  const clear = h(
    "button",
    { onclick: () => ask("clear"), title: "Remove the box and what was found" },
    "Clear",
  );
  /** @type {HTMLInputElement} */
  const alike = h("input", { type: "checkbox", onchange: () => ask("alike", { on: alike.checked }) });
  const kinds = h(
    "label",
    {
      class: "wb-thing-alike",
      title:
        "Let the whole image count too: finds more objects of the same kind, and less often this very one",
    },
    alike,
    "and its kind",
  );
  const how = h("span", { class: "wb-quiet" });
  const title = h("span", { class: "wb-title" });
  const query = h("span", { class: "wb-quiet" });
  const path = h("div", { class: "wb-quiet wb-thing-path" });
  const tiles = thingTiles(model, ask);
  const empty = h(
    "div",
    { class: "wb-empty" },
    "Click a thumbnail or a point on the map, then draw a box around an object here.",
  );
  const drawn = thingPhoto({
    draw: (box, now) => {
      text.value = "";
      ask("draw", { box, find: now });
    },
    click: (x, y) => {
      text.value = "";
      ask("click", { x, y });
    },
    find: () => ask("find"),
    clear: () => ask("clear"),
  });
  const left = h("div", { class: "wb-thing-left" }, path, drawn.node);
  const right = h("div", { class: "wb-thing-right" }, h("div", {}, title, " ", query), tiles.node);
  const body = h("div", { class: "wb-thing-body" }, left, right);
  const inside = h(
    "div",
    { class: "wb-thing-inside" },
    h("div", { class: "wb-row" }, find, kinds, text, clear, how),
    status(model),
    working(model, ask),
    empty,
    body,
  );
  const fold = foldLine(model, ask, {
    name: "wb-fold",
    title: "Find this thing",
    hint: "Draw a box around an object to find it in other images",
    inside,
    opened: draw,
  });
  let shown = -1;

  function seek() {
    ask("find", { text: text.value });
  }

  async function draw() {
    const about = model.get("about");
    const some = about.row != null;
    empty.hidden = some || model.get("tiles").length > 0;
    left.hidden = !some;
    body.hidden = !some && !model.get("tiles").length;
    if (!some) {
      shown = -1;
      return;
    }
    setText(path, about.path);
    drawn.show(about.shape, model.get("box"));
    if (shown === about.row || !model.get("unfolded")) return;
    shown = about.row;
    drawn.photo.alt = visible(about.path);
    const [answer, buffers] = await ask("picture");
    if (answer.row !== model.get("about").row) return;
    replacePicture(drawn.photo, buffers[0]);
  }
  function drawBox() {
    const about = model.get("about");
    const box = model.get("box");
    if (about.row != null) drawn.show(about.shape, box);
    find.disabled = !box.length && !text.value.trim();
    const boxed = box.length ? `${Math.round(box[2])} × ${Math.round(box[3])} px` : "";
    setText(
      how,
      boxed ? `${boxed}. Click again for another candidate.` : "Draw a box around the object, or click it.",
    );
  }
  function drawSaid() {
    const said = model.get("said");
    right.hidden = said.query == null;
    body.classList.toggle("wb-thing-alone", right.hidden);
    if (right.hidden) return;
    const images = plural(said.images, "image");
    setText(title, said.images ? `${images}, best first` : "Nothing was found");
    setText(query, `for ${said.query}`);
  }
  const drawKind = () => {
    alike.checked = model.get("kind") > 0;
  };
  model.on("change:kind", drawKind);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && text.value.trim()) seek();
  });
  text.addEventListener("input", drawBox);
  model.on("change:about change:tiles", draw);
  model.on("change:box", drawBox);
  model.on("change:said", drawSaid);
  fill(el, "wb-things", fold.node, inside);
  for (const show of [fold.draw, drawBox, drawSaid, drawKind, draw, tiles.draw]) show();
}

export default { render };
