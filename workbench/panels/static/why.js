// @ts-check
// Why: the map lies over the photo as a picture of its own, so that its opacity changes without asking
// Python.

import { h, options, pictureUrl, replacePicture, setText, showPictures, visible } from "./dom.js";
import { foldLine } from "./folding.js";
import { percent } from "./format.js";
import { asker, fill, status } from "./panel.js";

/**
 * The buttons that choose the map of the whole query or of one word.
 * @param {import("./types.js").Model} model
 * @param {(word: number) => void} on called with the place of a word, -1 for the whole
 */
function whyWords(model, on) {
  const row = h("div", {
    class: "wb-row wb-why-words",
    role: "group",
    "aria-label": "Heatmap of the whole query or of one word",
  });
  return {
    row,
    draw() {
      /** @type {{ word: string, share: number }[]} */
      const words = model.get("about").words ?? [];
      const best = Math.max(...words.map((one) => one.share), 1e-6);
      /** @type {(text: string, place: number, share?: number) => HTMLElement} */
      const button = (text, place, share) =>
        h(
          "button",
          {
            "aria-pressed": String(place === model.get("word")),
            onclick: () => on(place),
            title:
              share == null
                ? "Heatmap of the whole query"
                : `${percent(share)} of the match; click for the heatmap of this word`,
          },
          h("span", {}, text),
          share == null
            ? null
            : h("i", { style: `width:${Math.round((100 * share) / best)}%`, "aria-hidden": "true" }),
        );
      row.replaceChildren(
        button("whole query", -1),
        ...words.map((one, place) => button(one.word, place, one.share)),
      );
      row.hidden = !words.length;
    },
  };
}

/** @param {import("./types.js").Model} model @param {import("./types.js").Ask} ask */
function whyTiles(model, ask) {
  const grid = h("div", { class: "wb-why-tiles" });
  const title = h("div", { class: "wb-title" }, "The best hits");
  /** @type {Map<number, { layer: HTMLImageElement, picture: HTMLImageElement, asked: boolean }>} */
  const layers = new Map();
  let run = 0;

  async function draw() {
    const mine = ++run;
    /** @type {{ row: number, name: string }[]} */
    const tiles = model.get("tiles");
    title.hidden = grid.hidden = !tiles.length;
    layers.clear();
    const nodes = tiles.map((tile) => {
      const picture = h("img", { alt: tile.name });
      const layer = h("img", { class: "wb-why-layer", alt: "" });
      layers.set(tile.row, { layer, picture, asked: false });
      return h(
        "button",
        { class: "wb-why-tile", title: tile.name, onclick: () => ask("focus", { row: tile.row }) },
        h("span", { class: "wb-why-framed" }, picture, layer),
      );
    });
    grid.replaceChildren(...nodes);
    if (!tiles.length) return;
    const [, buffers] = await ask("thumbnails", { rows: tiles.map((tile) => tile.row) });
    if (mine !== run) return;
    const pictures = [...layers.values()].map((tile) => tile.picture);
    showPictures(pictures, buffers);
    lay();
  }

  async function lay() {
    const mine = run;
    for (const row of model.get("ready")) {
      const tile = layers.get(row);
      if (!tile || tile.asked) continue;
      tile.asked = true;
      const [answer, buffers] = await ask("tile", { row });
      if (mine !== run) return;
      tile.layer.src = pictureUrl(buffers[0], "image/png");
      if (answer.place) tile.picture.alt += `: brightest at the ${answer.place}`;
    }
  }
  model.on("change:tiles", draw);
  model.on("change:ready", lay);
  draw();
  return [title, grid];
}

/**
 * @param {string} label
 * @param {object} attributes
 * @param {(value: number) => string} told
 */
function whySlider(label, attributes, told) {
  const input = h("input", { type: "range", "aria-label": label, ...attributes });
  const value = h("output", { class: "wb-quiet" });
  const show = () => {
    setText(value, told(Number(input.value)));
  };
  input.addEventListener("input", show);
  return { input, show, node: h("label", { class: "wb-why-slider" }, h("span", {}, label), input, value) };
}

/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  const text = h("input", { class: "wb-why-text", "aria-label": "What to look for in the image" });
  const against = h("input", {
    class: "wb-why-text",
    "aria-label": "Rather than",
    placeholder: "anything else",
  });
  const method = h("select", { "aria-label": "Method" });
  const save = h("button", { onclick: download }, "Save PNG");
  const photo = h("img", { class: "wb-why-photo", tabindex: "0" });
  const layer = h("img", { class: "wb-why-layer", alt: "" });
  const title = h("div", { class: "wb-title" });
  const score = h("div", { class: "wb-quiet" });
  const verdict = h("p", { class: "wb-why-verdict", "aria-live": "polite" });
  const words = whyWords(model, (word) => again({ word }));
  const opacity = whySlider("Opacity", { min: 0, max: 1, step: 0.05 }, percent);
  const block = whySlider("Block", { min: -1, step: 1 }, (value) =>
    value < 0 ? "all" : `${value + 1} of ${model.get("about").blocks}`,
  );
  const empty = h(
    "div",
    { class: "wb-empty" },
    "Ask in the query box above, or type what to look for here, and click an image.",
  );
  const about = h(
    "div",
    { class: "wb-why-about" },
    title,
    words.row,
    verdict,
    score,
    opacity.node,
    block.node,
  );
  const body = h(
    "div",
    { class: "wb-why-body" },
    h("div", { class: "wb-why-figure" }, h("span", { class: "wb-why-framed" }, photo, layer)),
    about,
  );
  const inside = h(
    "div",
    { class: "wb-why-inside" },
    h(
      "div",
      { class: "wb-row" },
      h("label", {}, "Why ", text),
      h("label", {}, "rather than ", against),
      h("label", {}, "by ", method),
      h("span", { class: "wb-space" }),
      save,
    ),
    status(model, "working", "trouble"),
    empty,
    body,
    ...whyTiles(model, ask),
  );
  const fold = foldLine(model, ask, {
    name: "wb-why-fold",
    title: "Why did it match?",
    hint: "Which part of the image and which word of the query matched",
    inside,
  });
  let shown = "";
  let laid = "";
  let moving = 0;

  function again(change = {}) {
    ask("ask", { text: text.value, against: against.value, method: method.value, word: -1, ...change });
  }

  async function download() {
    const [answer, buffers] = await ask("png");
    if (!buffers[0]?.byteLength) return;
    const link = h("a", { href: pictureUrl(buffers[0], "image/png"), download: answer.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async function drawLayer() {
    const wanted = Number(block.input.value);
    const map = `${model.get("about").version} ${wanted}`;
    if (map === laid) return; // what is being worked on changes often, the map seldom
    laid = map;
    const [, buffers] = await ask("layer", { block: wanted });
    if (wanted !== Number(block.input.value)) return;
    replacePicture(layer, buffers[0], "image/png");
    layer.dataset.block = String(wanted);
    layer.dataset.version = model.get("about").version;
  }

  async function draw() {
    const told = model.get("about");
    const some = told.row != null;
    empty.hidden = some || !!model.get("trouble") || !!model.get("working");
    body.hidden = !some;
    save.disabled = !some;
    if (!some) return;
    body.dataset.version = told.version;
    setText(title, told.path);
    const rather = told.against || "an average text about photos";
    setText(
      score,
      `Cosine ${told.score.toFixed(2)}` +
        (told.lead === told.score ? "" : `, ${told.lead.toFixed(2)} against ${rather}`),
    );
    photo.alt = visible(
      told.place
        ? `${told.path}, with a heatmap that is brightest at the ${told.place}`
        : `${told.path}: nothing in it speaks for the query`,
    );
    text.placeholder = visible(told.asked);
    block.node.hidden = !told.blocks;
    block.input.max = String(told.blocks - 1);
    block.input.value = String(Math.min(model.get("block"), told.blocks - 1));
    block.show();
    words.draw();
    drawLayer();
    if (shown === `${told.row}`) return;
    shown = `${told.row}`;
    const [, buffers] = await ask("picture");
    if (shown !== `${told.row}`) return;
    replacePicture(photo, buffers[0]);
  }

  function drawMethods() {
    const names = model.get("methods");
    method.replaceChildren(...options(names.map((/** @type {string} */ name) => [name, name])));
    method.value = model.get("method") || names[0] || "";
    method.disabled = names.length < 2;
  }
  function drawVerdict() {
    const said = model.get("verdict");
    setText(verdict, said || (model.get("about").row == null ? "" : "Comparing it with chance…"));
    verdict.classList.toggle("wb-why-doubt", said.startsWith("No better") || said.includes(" But "));
  }
  function drawOpacity() {
    if (moving) return; // an older value comes back while the slider already stands elsewhere
    opacity.input.value = model.get("opacity");
    el.style.setProperty("--wb-why-opacity", model.get("opacity"));
    opacity.show();
  }
  for (const input of [text, against]) {
    input.addEventListener("change", () => again()); // Enter, or leaving the box
  }
  method.addEventListener("change", () => again({ word: model.get("word") }));
  opacity.input.addEventListener("input", () =>
    el.style.setProperty("--wb-why-opacity", opacity.input.value),
  );
  opacity.input.addEventListener("change", async () => {
    moving += 1;
    await ask("look", { opacity: Number(opacity.input.value) });
    moving -= 1;
  });
  block.input.addEventListener("input", drawLayer);
  model.on("change:about change:trouble change:working", draw);
  model.on("change:about change:verdict", drawVerdict);
  model.on("change:methods change:method", drawMethods);
  model.on("change:opacity", drawOpacity);
  model.on("change:word", words.draw);
  model.on("change:text", () => {
    text.value = model.get("text");
  });
  model.on("change:against", () => {
    against.value = model.get("against");
  });
  text.value = model.get("text");
  against.value = model.get("against");
  fill(el, "wb-why", fold.node, status(model), inside);
  for (const show of [fold.draw, drawMethods, drawOpacity, drawVerdict, draw]) show();
}

export default { render };
