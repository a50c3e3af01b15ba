// Built by esbuild 0.28.2 from dom.js folding.js format.js jupyterlab.js panel.js why.js widgets.js sha256:200b4fe16456f4662893cd301cfbfa6bee9377899c45702c844060fbcd758c57
// dom.js
var UNSEEN = (
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g
);
var visible = (text) => text.replace(UNSEEN, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
var READ = /* @__PURE__ */ new Set(["alt", "aria-label", "placeholder", "title"]);
function setText(node, text) {
  node.textContent = visible(String(text ?? ""));
}
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      if (value) node.addEventListener(
        name.slice(2),
        /** @type {EventListener} */
        value
      );
    } else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null)
      node.setAttribute(name, READ.has(name) ? visible(String(value)) : String(value));
  }
  node.append(...children.filter((child) => child != null).map(shown));
  return node;
}
var shown = (child) => typeof child === "string" ? visible(child) : child;
var options = (choices) => choices.map(([value, text]) => h("option", { value }, text));
function pictureUrl(bytes, type = "image/jpeg") {
  return bytes?.byteLength ? URL.createObjectURL(new Blob([
    /** @type {BlobPart} */
    bytes
  ], { type })) : "";
}
function replacePicture(image, bytes, type = "image/jpeg") {
  URL.revokeObjectURL(image.src);
  image.src = pictureUrl(bytes, type);
}
function showPicture(image, bytes) {
  image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
  image.src = pictureUrl(bytes);
}
function showPictures(images, buffers) {
  images.forEach((image, i) => {
    showPicture(image, buffers[i]);
  });
}

// folding.js
function foldLine(model, ask, { name, title, hint, inside, opened = () => {
} }) {
  const toggle = h("button", {
    class: name,
    onclick: () => ask("unfold", { value: !model.get("unfolded") })
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

// format.js
var percent = (share) => `${Math.round(share * 100)} %`;

// jupyterlab.js
var EDITING = /* @__PURE__ */ new Set(["a", "c", "v", "x", "y", "z", "enter"]);
function keepKeys(el) {
  el.addEventListener("keydown", (event) => {
    const command = (event.ctrlKey || event.metaKey) && !EDITING.has(event.key.toLowerCase());
    if (!command) event.stopPropagation();
  });
}

// widgets.js
var widgetOf = (model, id) => model.widget_manager?.get_model?.(id);
async function stayInTouch(model) {
  for (const id of model.get("reached") ?? []) {
    const widget = await widgetOf(model, id);
    let gate = widget;
    while (gate && !Object.hasOwn(gate, "_handle_comm_msg")) gate = Object.getPrototypeOf(gate);
    const hear = gate && Object.getPrototypeOf(gate)._handle_comm_msg;
    if (hear && widget.comm?.on_msg) widget.comm.on_msg(hear.bind(widget));
  }
  model.send({ ask: "state" });
}

// panel.js
function asker(model) {
  const waiting = /* @__PURE__ */ new Map();
  const prefix = Math.random().toString(36).slice(2);
  let last = 0;
  stayInTouch(model).catch((error) => console.warn("workbench:", error));
  model.on("msg:custom", (message, buffers) => {
    const done = waiting.get(message.id);
    if (!done) return;
    waiting.delete(message.id);
    done([message, buffers]);
  });
  return (name, data = {}, buffers = []) => new Promise((done) => {
    const id = `${prefix}-${++last}`;
    waiting.set(id, done);
    model.send({ ask: name, id, ...data }, void 0, buffers);
  });
}
function status(model, doing = "busy", wrong = "error") {
  const busy = h("div", { class: "wb-busy", role: "status" });
  const error = h("div", { class: "wb-error", role: "alert" });
  const draw = () => {
    setText(busy, model.get(doing));
    setText(error, model.get(wrong));
    busy.hidden = !busy.textContent;
    error.hidden = !error.textContent;
  };
  model.on(`change:${doing} change:${wrong}`, draw);
  draw();
  return h("div", { class: "wb-status" }, busy, error);
}
function fill(el, name, ...children) {
  el.classList.add("wb-panel", name);
  keepKeys(el);
  el.append(...children.filter((child) => child != null));
}

// why.js
function whyWords(model, on) {
  const row = h("div", {
    class: "wb-row wb-why-words",
    role: "group",
    "aria-label": "Heatmap of the whole query or of one word"
  });
  return {
    row,
    draw() {
      const words = model.get("about").words ?? [];
      const best = Math.max(...words.map((one) => one.share), 1e-6);
      const button = (text, place, share) => h(
        "button",
        {
          "aria-pressed": String(place === model.get("word")),
          onclick: () => on(place),
          title: share == null ? "Heatmap of the whole query" : `${percent(share)} of the match; click for the heatmap of this word`
        },
        h("span", {}, text),
        share == null ? null : h("i", { style: `width:${Math.round(100 * share / best)}%`, "aria-hidden": "true" })
      );
      row.replaceChildren(
        button("whole query", -1),
        ...words.map((one, place) => button(one.word, place, one.share))
      );
      row.hidden = !words.length;
    }
  };
}
function whyTiles(model, ask) {
  const grid = h("div", { class: "wb-why-tiles" });
  const title = h("div", { class: "wb-title" }, "The best hits");
  const layers = /* @__PURE__ */ new Map();
  let run = 0;
  async function draw() {
    const mine = ++run;
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
        h("span", { class: "wb-why-framed" }, picture, layer)
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
function whySlider(label, attributes, told) {
  const input = h("input", { type: "range", "aria-label": label, ...attributes });
  const value = h("output", { class: "wb-quiet" });
  const show = () => {
    setText(value, told(Number(input.value)));
  };
  input.addEventListener("input", show);
  return { input, show, node: h("label", { class: "wb-why-slider" }, h("span", {}, label), input, value) };
}
function render({ model, el }) {
  const ask = asker(model);
  const text = h("input", { class: "wb-why-text", "aria-label": "What to look for in the image" });
  const against = h("input", {
    class: "wb-why-text",
    "aria-label": "Rather than",
    placeholder: "anything else"
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
  const block = whySlider(
    "Block",
    { min: -1, step: 1 },
    (value) => value < 0 ? "all" : `${value + 1} of ${model.get("about").blocks}`
  );
  const empty = h(
    "div",
    { class: "wb-empty" },
    "Ask in the query box above, or type what to look for here, and click an image."
  );
  const about = h(
    "div",
    { class: "wb-why-about" },
    title,
    words.row,
    verdict,
    score,
    opacity.node,
    block.node
  );
  const body = h(
    "div",
    { class: "wb-why-body" },
    h("div", { class: "wb-why-figure" }, h("span", { class: "wb-why-framed" }, photo, layer)),
    about
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
      save
    ),
    status(model, "working", "trouble"),
    empty,
    body,
    ...whyTiles(model, ask)
  );
  const fold = foldLine(model, ask, {
    name: "wb-why-fold",
    title: "Why did it match?",
    hint: "Which part of the image and which word of the query matched",
    inside
  });
  let shown2 = "";
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
    setTimeout(() => URL.revokeObjectURL(link.href), 1e3);
  }
  async function drawLayer() {
    const wanted = Number(block.input.value);
    const map = `${model.get("about").version} ${wanted}`;
    if (map === laid) return;
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
      `Cosine ${told.score.toFixed(2)}` + (told.lead === told.score ? "" : `, ${told.lead.toFixed(2)} against ${rather}`)
    );
    photo.alt = visible(
      told.place ? `${told.path}, with a heatmap that is brightest at the ${told.place}` : `${told.path}: nothing in it speaks for the query`
    );
    text.placeholder = visible(told.asked);
    block.node.hidden = !told.blocks;
    block.input.max = String(told.blocks - 1);
    block.input.value = String(Math.min(model.get("block"), told.blocks - 1));
    block.show();
    words.draw();
    drawLayer();
    if (shown2 === `${told.row}`) return;
    shown2 = `${told.row}`;
    const [, buffers] = await ask("picture");
    if (shown2 !== `${told.row}`) return;
    replacePicture(photo, buffers[0]);
  }
  function drawMethods() {
    const names = model.get("methods");
    method.replaceChildren(...options(names.map((name) => [name, name])));
    method.value = model.get("method") || names[0] || "";
    method.disabled = names.length < 2;
  }
  function drawVerdict() {
    const said = model.get("verdict");
    setText(verdict, said || (model.get("about").row == null ? "" : "Comparing it with chance…"));
    verdict.classList.toggle("wb-why-doubt", said.startsWith("No better") || said.includes(" But "));
  }
  function drawOpacity() {
    if (moving) return;
    opacity.input.value = model.get("opacity");
    el.style.setProperty("--wb-why-opacity", model.get("opacity"));
    opacity.show();
  }
  for (const input of [text, against]) {
    input.addEventListener("change", () => again());
  }
  method.addEventListener("change", () => again({ word: model.get("word") }));
  opacity.input.addEventListener(
    "input",
    () => el.style.setProperty("--wb-why-opacity", opacity.input.value)
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
var why_default = { render };
export {
  why_default as default
};
