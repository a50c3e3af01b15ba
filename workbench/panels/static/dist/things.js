// Built by esbuild 0.28.2 from boxes.js dom.js folding.js format.js jupyterlab.js panel.js thing_photo.js things.js widgets.js working.js sha256:30add9140edb0ed36c60eec056a97b04b3210fd3fe77ccd588e1e9f831f62433
// dom.js
var SVG = "http://www.w3.org/2000/svg";
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
function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes))
    if (value != null) node.setAttribute(name, READ.has(name) ? visible(String(value)) : String(value));
  node.append(...children.map(shown));
  return node;
}
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

// format.js
var number = (value) => (value ?? 0).toLocaleString("en");
var plural = (value, one = "", many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;
var percent = (share) => `${Math.round(share * 100)} %`;
var clamp = (value, low, high) => Math.max(low, Math.min(high, value));

// boxes.js
var SIDES = (
  /** @type {const} */
  ["x", "y", "width", "height"]
);
var LAYERS = ["wb-dark", "wb-bright"];
var THIRDS = (
  /** @type {const} */
  [
    ["upper", "middle", "lower"],
    ["left", "centre", "right"]
  ]
);
function boxOver(box, shape) {
  const sides = Object.fromEntries(SIDES.map((side, i) => [side, box[i] * shape[i % 2]]));
  const layers = LAYERS.map((layer) => svg("rect", { class: layer, ...sides }));
  return svg(
    "svg",
    { class: "wb-over", viewBox: `0 0 ${shape[0]} ${shape[1]}`, "aria-hidden": "true" },
    ...layers
  );
}
function inWords([x, y, width, height]) {
  const middle = [y + height / 2, x + width / 2];
  return middle.map((at, i) => THIRDS[i][Math.min(2, Math.floor(3 * at))]).join(" ");
}
var boxBetween = (a, b) => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.abs(a[0] - b[0]),
  Math.abs(a[1] - b[1])
];
function nudged(box, shape, key, corner, step) {
  const axis = Number(key === "ArrowUp" || key === "ArrowDown");
  const sign = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
  const next = (
    /** @type {Box} */
    [...box]
  );
  if (corner)
    next[axis + 2] = Math.min(Math.max(next[axis + 2] + sign * step, step), shape[axis] - next[axis]);
  else next[axis] = clamp(next[axis] + sign * step, 0, shape[axis] - next[axis + 2]);
  return next;
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

// thing_photo.js
var STEP = 0.02;
var HIGH = 420;
var CLICK = 4;
function thingPhoto(on) {
  const photo = h("img", { class: "wb-thing-photo", draggable: "false", alt: "" });
  const frame = h(
    "div",
    {
      class: "wb-thing-frame",
      tabindex: "0",
      role: "application",
      "aria-label": "The image in focus. Drag to draw a box around an object, or click it. Arrow keys move the box, with Shift its lower right corner; C proposes another; Enter finds; Escape removes the box."
    },
    photo
  );
  let shape = [1, 1];
  let box = [];
  let start = null;
  let drawing = null;
  function show(newShape, newBox) {
    [shape, box] = [newShape, newBox];
    frame.style.width = `min(100%, ${Math.round(HIGH * shape[0] / shape[1])}px)`;
    paint(box);
  }
  const shares = ([x, y, width, height]) => [x / shape[0], y / shape[1], width / shape[0], height / shape[1]];
  function paint(now) {
    drawing?.remove();
    drawing = now.length ? boxOver(shares(now), shape) : null;
    if (drawing) frame.append(drawing);
    frame.dataset.box = now.map((side) => Math.round(side)).join(" ");
  }
  function place(event) {
    const seen = photo.getBoundingClientRect();
    return [
      clamp((event.clientX - seen.left) / seen.width, 0, 1) * shape[0],
      clamp((event.clientY - seen.top) / seen.height, 0, 1) * shape[1]
    ];
  }
  const moved = (event, from) => Math.hypot(event.clientX - from.x, event.clientY - from.y) >= CLICK;
  frame.addEventListener("pointerdown", (event) => {
    if (event.button || !photo.naturalWidth) return;
    start = { at: place(event), x: event.clientX, y: event.clientY };
    frame.setPointerCapture(event.pointerId);
    frame.focus({ preventScroll: true });
    event.preventDefault();
  });
  frame.addEventListener("pointermove", (event) => {
    if (start && moved(event, start)) paint(boxBetween(start.at, place(event)));
  });
  frame.addEventListener("pointerup", (event) => {
    if (!start) return;
    const drawn = boxBetween(start.at, place(event));
    const dragged = moved(event, start);
    start = null;
    if (dragged && drawn[2] >= 1 && drawn[3] >= 1) on.draw(drawn, true);
    else {
      paint(box);
      on.click(...place(event));
    }
  });
  frame.addEventListener("pointercancel", () => {
    start = null;
    paint(box);
  });
  function nudge(key, corner) {
    if (!box.length)
      return on.draw([shape[0] * 0.35, shape[1] * 0.35, shape[0] * 0.3, shape[1] * 0.3], false);
    const step = Math.max(1, Math.max(...shape) * STEP);
    const next = nudged(box, shape, key, corner, step);
    show(shape, next);
    on.draw(next, false);
  }
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow")) nudge(event.key, event.shiftKey);
    else if (event.key === "Enter") on.find();
    else if (event.key === "Escape") on.clear();
    else if (event.key.toLowerCase() === "c") {
      const [x, y, width, height] = box.length ? box : [0, 0, ...shape];
      on.click(x + width / 2, y + height / 2);
    } else return;
    event.preventDefault();
  });
  return { node: frame, photo, show };
}

// working.js
function working(model, ask) {
  const text = h("span");
  const bar = h("progress", { max: "1", "aria-label": "Progress" });
  const busy = h(
    "div",
    { class: "wb-working", role: "status" },
    h("span", { class: "wb-busy" }),
    text,
    bar,
    h("button", { onclick: () => ask("cancel") }, "Cancel")
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

// things.js
var spoken = ({ name, score, box }) => `${name}, score ${score.toFixed(2)}${box ? `, ${inWords(box)}` : ""}: look at it`;
function thingTiles(model, ask) {
  const grid = h("div", { class: "wb-thing-tiles", role: "list", "aria-label": "Images that show it" });
  let run = 0;
  async function draw() {
    const mine = ++run;
    const tiles = model.get("tiles");
    const pictures = tiles.map((tile) => h("img", { alt: tile.name, draggable: "false" }));
    grid.replaceChildren(
      ...tiles.map(
        (tile, i) => h(
          "div",
          { role: "listitem" },
          h(
            "button",
            {
              class: "wb-thing-tile",
              "data-row": tile.row,
              title: tile.name,
              "aria-label": spoken(tile),
              onclick: () => ask("focus", { row: tile.row })
            },
            h(
              "span",
              { class: "wb-thing-small" },
              pictures[i],
              tile.box ? boxOver(tile.box, tile.shape) : null
            ),
            h("span", { class: "wb-quiet" }, tile.score.toFixed(2))
          )
        )
      )
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
function render({ model, el }) {
  const ask = asker(model);
  const text = h("input", {
    class: "wb-thing-text",
    "aria-label": "An object in words",
    placeholder: "or in words: a red mug"
  });
  const find = h("button", { class: "wb-main", onclick: () => seek() }, "Find this thing");
  const clear = h(
    "button",
    { onclick: () => ask("clear"), title: "Remove the box and what was found" },
    "Clear"
  );
  const alike = h("input", { type: "checkbox", onchange: () => ask("alike", { on: alike.checked }) });
  const kinds = h(
    "label",
    {
      class: "wb-thing-alike",
      title: "Let the whole image count too: finds more objects of the same kind, and less often this very one"
    },
    alike,
    "and its kind"
  );
  const how = h("span", { class: "wb-quiet" });
  const title = h("span", { class: "wb-title" });
  const query = h("span", { class: "wb-quiet" });
  const path = h("div", { class: "wb-quiet wb-thing-path" });
  const tiles = thingTiles(model, ask);
  const empty = h(
    "div",
    { class: "wb-empty" },
    "Click a thumbnail or a point on the map, then draw a box around an object here."
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
    clear: () => ask("clear")
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
    body
  );
  const fold = foldLine(model, ask, {
    name: "wb-fold",
    title: "Find this thing",
    hint: "Draw a box around an object to find it in other images",
    inside,
    opened: draw
  });
  let shown2 = -1;
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
      shown2 = -1;
      return;
    }
    setText(path, about.path);
    drawn.show(about.shape, model.get("box"));
    if (shown2 === about.row || !model.get("unfolded")) return;
    shown2 = about.row;
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
      boxed ? `${boxed}. Click again for another candidate.` : "Draw a box around the object, or click it."
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
var things_default = { render };
export {
  things_default as default
};
