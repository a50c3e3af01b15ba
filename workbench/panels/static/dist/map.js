// Built by esbuild 0.28.2 from dom.js format.js hover.js jupyterlab.js lasso.js map.js map_form.js map_gestures.js map_highlights.js map_marks.js map_outline.js map_plot.js panel.js plotly.js stamps.js widgets.js working.js sha256:50a96f24eb6b25a7e8b26635404697ef21b3edd0fb2adb3433f690b96f7315e9
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
var button = (text, title, on, pressed, more = {}) => h(
  "button",
  { title, "aria-pressed": pressed == null ? null : String(pressed), onclick: on, ...more },
  text
);
function pictureUrl(bytes, type = "image/jpeg") {
  return bytes?.byteLength ? URL.createObjectURL(new Blob([
    /** @type {BlobPart} */
    bytes
  ], { type })) : "";
}
function showPicture(image, bytes) {
  image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
  image.src = pictureUrl(bytes);
}
function besidePointer(card, left, top, width, height) {
  card.style.left = `${left > width / 2 ? left - card.offsetWidth - 14 : left + 14}px`;
  card.style.top = `${Math.max(4, Math.min(top - card.offsetHeight / 2, height - card.offsetHeight - 4))}px`;
}
function debounced(action, milliseconds) {
  let timer = 0;
  const cancel = () => clearTimeout(timer);
  const later = (...args) => {
    cancel();
    timer = setTimeout(() => action(...args), milliseconds);
  };
  return Object.assign(later, { cancel });
}

// format.js
var number = (value) => (value ?? 0).toLocaleString("en");
var percent = (share) => `${Math.round(share * 100)} %`;
var clamp = (value, low, high) => Math.max(low, Math.min(high, value));
var fileName = (path) => path.split("/").pop() ?? "";

// map_form.js
var LAYOUTS = { umap: "UMAP", tsne: "t-SNE", pca: "PCA" };
var SETTINGS = {
  n_neighbors: "Neighbours",
  min_dist: "Minimum distance",
  metric: "Metric",
  perplexity: "Perplexity",
  seed: "Seed"
};
function layoutForm(model, ask) {
  let method = model.get("method");
  const methods = h("div", { class: "wb-group", role: "group", "aria-label": "Method" });
  const inputs = h("div", { class: "wb-row wb-form-fields" });
  const form = h("form", { class: "wb-form", "aria-label": "Settings of the layout" });
  const fields = () => model.get("fields")[method] ?? [];
  function input(field, value) {
    const about = { name: field.name, title: field.hint };
    if (field.choices)
      return h(
        "select",
        about,
        ...field.choices.map((name) => h("option", { value: name, selected: name === value }, name))
      );
    return h("input", {
      ...about,
      type: "number",
      class: "wb-number",
      min: field.low,
      max: field.high,
      step: "any",
      value,
      required: true
    });
  }
  function draw() {
    const now = method === model.get("method") ? model.get("settings") : {};
    methods.replaceChildren(
      ...model.get("methods").map(
        (name) => h(
          "button",
          {
            type: "button",
            "aria-pressed": String(name === method),
            onclick: () => {
              method = name;
              draw();
            }
          },
          LAYOUTS[name] ?? name
        )
      )
    );
    inputs.replaceChildren(
      ...fields().map(
        (field) => h(
          "label",
          { title: field.hint },
          SETTINGS[field.name] ?? field.name,
          input(field, now[field.name] ?? field.default)
        )
      ),
      fields().length ? "" : h(
        "span",
        { class: "wb-quiet" },
        "PCA has no settings: its axes are the two directions of greatest variance."
      )
    );
  }
  function settings() {
    return Object.fromEntries(
      fields().map((field) => {
        const { value } = control(field);
        return [field.name, field.choices ? value : Number(value)];
      })
    );
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask("method", { name: method, settings: settings() });
  });
  const control = (field) => (
    /** @type {any} */
    form.elements.namedItem(field.name)
  );
  const usual = () => fields().forEach((field) => {
    control(field).value = String(field.default);
  });
  form.append(
    h(
      "div",
      { class: "wb-row" },
      methods,
      h("span", { class: "wb-space" }),
      h("button", { type: "button", title: "The default settings", onclick: usual }, "Reset"),
      h("button", { type: "submit", class: "wb-main" }, "Compute")
    ),
    inputs
  );
  const show = () => {
    form.hidden = !model.get("form");
  };
  model.on("change:method change:settings", () => {
    method = model.get("method");
    draw();
  });
  model.on("change:methods change:fields", draw);
  model.on("change:form", show);
  draw();
  show();
  return form;
}

// hover.js
var STILL_MILLISECONDS = 60;
function hovering(ask, card, { place, drawing, texts, area }) {
  let pointer = 0;
  async function show(event) {
    const mine = ++pointer;
    const [answer, buffers] = await ask("hover", place(event));
    if (mine !== pointer || drawing()) return;
    card.hidden = !(answer.row >= 0);
    if (card.hidden) return;
    const picture = h("img", { alt: "" });
    showPicture(picture, buffers[0]);
    const told = texts(answer).map((text) => h("span", { class: "wb-quiet" }, text));
    card.replaceChildren(picture, h("b", {}, fileName(answer.name)), ...told);
    const box = area();
    besidePointer(card, event.clientX - box.left, event.clientY - box.top, box.width, box.height);
  }
  const soon = debounced(show, STILL_MILLISECONDS);
  function leave() {
    soon.cancel();
    pointer++;
    card.hidden = true;
  }
  return { soon, leave };
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
async function keepFirstListener(model, prefix) {
  for (const id of model.get("reached").slice(1)) {
    const events = (await widgetOf(model, id))?._events ?? {};
    for (const [name, listeners] of Object.entries(events)) if (name.startsWith(prefix)) listeners.splice(1);
  }
}

// plotly.js
var PLOT = ".js-plotly-plot";
var EDGES = 3;
var POINTS = "nsewdrag";
function plotIn(place) {
  const plot = (
    /** @type {Plot | null} */
    place?.querySelector(PLOT) ?? null
  );
  return typeof plot?.on === "function" && plot.querySelector(`.${POINTS}`) ? plot : null;
}
var holds = (plot, drawing) => !drawing || plot.data?.[0]?.meta === drawing;
function sizeMissed(plot) {
  const { width, height } = plot.getBoundingClientRect();
  const near = (a, b) => Math.abs(a - b) <= EDGES;
  const { width: across, height: down } = plot._fullLayout;
  return near(width, across) && near(height, down) ? "" : `${width} ${height}`;
}
function fit(plot) {
  delete plot.layout.width;
  delete plot.layout.height;
  window.dispatchEvent(new Event("resize"));
}
var isOnPoints = (target) => target instanceof Element && target.classList.contains(POINTS);
var pointsOf = (plot) => plot._fullData?.[0];
function setPointsOpacity(plot, opacity) {
  const layer = (
    /** @type {HTMLElement} */
    plot.querySelector(".gl-container")
  );
  layer.style.opacity = String(opacity);
}
function seen(plot) {
  const { xaxis, yaxis } = plot._fullLayout;
  const box = (
    /** @type {Element} */
    plot.querySelector(`.${POINTS}`).getBoundingClientRect()
  );
  return { x: [...xaxis.range], y: [...yaxis.range], width: box.width, height: box.height, box };
}
function placeOf(plot, event) {
  const { x, y, box } = seen(plot);
  return {
    x: x[0] + (event.clientX - box.left) / box.width * (x[1] - x[0]),
    y: y[1] - (event.clientY - box.top) / box.height * (y[1] - y[0])
  };
}
function onMoving(plot, moved) {
  for (const event of ["plotly_relayouting", "plotly_relayout", "plotly_afterplot"]) plot.on(event, moved);
}
var onMoved = (plot, moved) => plot.on("plotly_relayout", moved);
var forgetDrawings = (model) => keepFirstListener(model, "change:_py2js_");

// stamps.js
function positions(bytes) {
  const found = [];
  for (let i = 0; i < bytes.byteLength; i++) {
    for (let byte = bytes.getUint8(i), bit = 0; byte; byte >>= 1, bit++)
      if (byte & 1) found.push(8 * i + bit);
  }
  return found;
}
function stamp(reach, depth) {
  const half = Math.ceil(reach + 0.5);
  const side = 2 * half + 1;
  const cover = Float32Array.from(
    { length: side * side },
    (_, i) => clamp(depth(i % side - half, Math.floor(i / side) - half) + 0.5, 0, 1)
  );
  return { side, cover };
}
var disc = (radius) => stamp(radius, (x, y) => radius - Math.hypot(x, y));
var ringed = (ratio) => stamp(12 * ratio, (x, y) => 1.5 * ratio - Math.abs(Math.hypot(x, y) - 10 * ratio));
var crossed = (ratio) => stamp(
  3.4 * ratio,
  (x, y) => Math.min(ratio - Math.abs(Math.abs(x) - Math.abs(y)) / Math.SQRT2, 3.4 * ratio - Math.abs(x))
);
function printer({ data, width, height }, x, y) {
  const right = width / (x[1] - x[0]);
  const up = height / (y[1] - y[0]);
  return ({ side, cover }, at, above, [red, green, blue]) => {
    const left = Math.round((at - x[0]) * right - side / 2);
    const top = Math.round((y[1] - above) * up - side / 2);
    for (let row = Math.max(0, -top); row < Math.min(side, height - top); row++) {
      for (let column = Math.max(0, -left); column < Math.min(side, width - left); column++) {
        const own = cover[row * side + column];
        if (!own) continue;
        const i = 4 * ((top + row) * width + left + column);
        const below = data[i + 3] / 255 * (1 - own);
        const whole = own + below;
        data[i] = (red * own + data[i] * below) / whole;
        data[i + 1] = (green * own + data[i + 1] * below) / whole;
        data[i + 2] = (blue * own + data[i + 2] * below) / whole;
        data[i + 3] = 255 * whole;
      }
    }
  };
}
function printPlaces(print, bytes, mark, colour) {
  for (let i = 0; i + 8 <= bytes.byteLength; i += 8) {
    print(mark, bytes.getFloat32(i, true), bytes.getFloat32(i + 4, true), colour);
  }
}

// map_highlights.js
var DIMMED = 0.22;
var HIT = "#e5383b";
var RING = "#ffab00";
function highlighter(model, plot) {
  const canvas = Object.assign(h("canvas", { class: "wb-highlights", "aria-hidden": "true" }), {
    bright: (
      /** @type {number[]} */
      []
    )
  });
  let bits = null;
  let frame = 0;
  plot.parentElement.append(canvas);
  function readBright() {
    const bytes = model.get("bright");
    if (pointsOf(plot)?.meta !== model.get("drawing")) return false;
    if (bits !== bytes) {
      bits = bytes;
      canvas.bright = positions(bytes);
    }
    return true;
  }
  function draw() {
    frame = 0;
    canvas.hidden = !["bright", "crosses", "ring"].some((name) => model.get(name).byteLength);
    setPointsOpacity(plot, model.get("bright").byteLength ? DIMMED : "");
    if (canvas.hidden) {
      canvas.bright = [];
      return;
    }
    const { x, y, box } = seen(plot);
    const home = plot.parentElement.getBoundingClientRect();
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(box.width * ratio);
    const height = Math.round(box.height * ratio);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!width || !height || !context) return;
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    Object.assign(canvas.style, {
      left: `${box.left - home.left}px`,
      top: `${box.top - home.top}px`,
      width: `${box.width}px`,
      height: `${box.height}px`
    });
    const image = context.createImageData(width, height);
    const print = printer(image, x, y);
    if (readBright() && canvas.bright.length) printPoints(print, pointsOf(plot), canvas.bright, ratio);
    printPlaces(print, model.get("crosses"), crossed(ratio), rgb(HIT));
    printPlaces(print, model.get("ring"), ringed(ratio), rgb(RING));
    context.putImageData(image, 0, 0);
  }
  const drawSoon = () => {
    if (!frame) frame = requestAnimationFrame(draw);
  };
  onMoving(plot, drawSoon);
  model.on("change:bright change:crosses change:ring change:drawing", drawSoon);
  drawSoon();
}
var palette = null;
function rgb(colour) {
  palette ??= /** @type {CanvasRenderingContext2D} */
  h("canvas").getContext("2d");
  palette.fillStyle = colour;
  const hex = palette.fillStyle;
  const part = (at) => Number.parseInt(hex.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}
function printPoints(print, points, rows, ratio) {
  const { x, y, marker: marker2 } = points;
  const round = disc(marker2.size * ratio / 2);
  const scale = marker2.colorscale;
  const colours = scale.filter((_, i) => i % 2).map(([, colour]) => rgb(colour));
  for (const row of rows) print(round, x[row], y[row], colours[marker2.color[row]]);
}

// map_marks.js
function marker(model, ask, plot) {
  const layer = h("div", { class: "wb-marks", "aria-hidden": "true" });
  let marks = [];
  let urls = [];
  let asked = 0;
  plot.parentElement.append(layer);
  function move() {
    const { x, y, box } = seen(plot);
    const home = layer.getBoundingClientRect();
    const [left, top] = [box.left - home.left, box.top - home.top];
    const [right, bottom] = [home.right - box.right, home.bottom - box.bottom];
    layer.style.clipPath = `inset(${top}px ${right}px ${bottom}px ${left}px)`;
    for (const { node, at } of marks) {
      const across = left + (at.x - x[0]) / (x[1] - x[0]) * box.width;
      const down = top + (y[1] - at.y) / (y[1] - y[0]) * box.height;
      const above = node.tagName === "SPAN" ? "-140%" : "-50%";
      const place = `${across.toFixed(1)}px, ${down.toFixed(1)}px`;
      node.style.transform = `translate(${place}) translate(-50%, ${above})`;
    }
  }
  async function load() {
    const mine = ++asked;
    const [answer, buffers] = await ask("marks");
    if (mine !== asked) return;
    const { names = [], pictures = [] } = answer;
    for (const url of urls) URL.revokeObjectURL(url);
    urls = model.get("pictures") ? pictures.map((_, i) => pictureUrl(buffers[i])) : [];
    marks = [
      ...urls.map((src, i) => ({
        at: pictures[i],
        node: h("img", { src, alt: "", style: `border-color:${pictures[i].colour}` })
      })),
      ...(model.get("names") ? names : []).map((at) => ({
        at,
        node: h("span", { style: `--wb-class:${at.colour}` }, at.name)
      }))
    ];
    layer.replaceChildren(...marks.map((mark) => mark.node));
    move();
  }
  onMoving(plot, move);
  model.on("change:drawing change:names change:pictures", load);
  load();
  return { load };
}

// lasso.js
var STEP_PIXELS = 3;
var inside = (at, area) => ({
  clientX: clamp(at.clientX, area.left, area.right),
  clientY: clamp(at.clientY, area.top, area.bottom)
});
function drawnOn(tool, corners, at) {
  if (tool === "box") return rectangle(corners[0], at);
  const last = corners[corners.length - 1];
  const step = Math.hypot(at.clientX - last.clientX, at.clientY - last.clientY);
  return step >= STEP_PIXELS ? [...corners, at] : corners;
}
var rectangle = (a, b) => [
  a,
  { clientX: b.clientX, clientY: a.clientY },
  b,
  { clientX: a.clientX, clientY: b.clientY }
];
function outlinePath(corners, home) {
  if (corners.length < 2) return "";
  const places = corners.map((at) => [at.clientX - home.left, at.clientY - home.top]);
  return `M${places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L")}Z`;
}
function shapeOf(tool, places) {
  if (places.length < 3) return null;
  const kept = tool === "box" ? [places[0], places[2]] : places;
  return { shape: tool, corners: Float64Array.from(kept.flatMap(({ x, y }) => [x, y])) };
}

// map_outline.js
function outliner(plot) {
  const path = svg("path");
  const layer = svg("svg", { class: "wb-outline", "aria-hidden": "true" }, path);
  plot.parentElement.append(layer);
  let tool = "";
  let corners = [];
  let box = new DOMRect();
  let home = new DOMRect();
  let frame = 0;
  function draw() {
    frame = 0;
    path.setAttribute("d", outlinePath(corners, home));
  }
  function begin(name, event) {
    box = seen(plot).box;
    home = layer.getBoundingClientRect();
    tool = name;
    corners = [inside(event, box)];
  }
  function move(event) {
    if (!tool) return;
    corners = drawnOn(tool, corners, inside(event, box));
    if (!frame) frame = requestAnimationFrame(draw);
  }
  function drop() {
    cancelAnimationFrame(frame);
    tool = "";
    corners = [];
    frame = 0;
    path.setAttribute("d", "");
  }
  function end() {
    const shape = shapeOf(
      tool,
      corners.map((at) => placeOf(plot, at))
    );
    drop();
    return shape;
  }
  return { begin, move, end, drop };
}

// map_gestures.js
var CLICK_PIXELS = 4;
var DOUBLE_MILLISECONDS = 350;
var VIEW_MILLISECONDS = 150;
var RESIZE_MILLISECONDS = 100;
function listen(model, ask, plot, card) {
  let start = null;
  let moved = 0;
  let lastClick = 0;
  let held = { shift: false, alt: false };
  let looked = "";
  const marks = marker(model, ask, plot);
  const outline = outliner(plot);
  highlighter(model, plot);
  function mode() {
    if (held.alt && held.shift) return "intersect";
    if (held.alt) return "remove";
    return held.shift ? "add" : model.get("mode");
  }
  const hover = hovering(ask, card, {
    place: (event) => placeOf(plot, event),
    drawing: () => start !== null,
    texts: (answer) => [answer.cluster],
    area: () => plot.parentElement.getBoundingClientRect()
  });
  async function look() {
    const { x, y, width, height } = seen(plot);
    const view = { x, y, width, height };
    const text = JSON.stringify(view);
    if (text === looked || !width) return;
    looked = text;
    await ask("view", view);
    marks.load();
  }
  const lookSoon = debounced(look, VIEW_MILLISECONDS);
  function down(event) {
    start = [event.clientX, event.clientY];
    moved = 0;
    held = { shift: event.shiftKey, alt: event.altKey };
    hover.leave();
    if (event.button !== 0 || !isOnPoints(event.target) || model.get("tool") === "pan") return;
    outline.begin(model.get("tool"), event);
    event.stopPropagation();
    event.preventDefault();
  }
  function up(event) {
    if (!start) return;
    start = null;
    if (moved > CLICK_PIXELS) {
      const drawn = outline.end();
      if (drawn) ask("draw", { shape: drawn.shape, mode: mode() }, [drawn.corners.buffer]);
      return;
    }
    outline.drop();
    if (event.timeStamp - lastClick < DOUBLE_MILLISECONDS) ask("clear");
    else ask("click", placeOf(plot, event));
    lastClick = event.timeStamp;
  }
  function drag(event) {
    if (!start) return;
    moved = Math.max(moved, Math.hypot(event.clientX - start[0], event.clientY - start[1]));
    outline.move(event);
  }
  function dropOutline(event) {
    if (event.key !== "Escape" || !start) return;
    start = null;
    outline.drop();
    event.stopPropagation();
  }
  const showTool = () => plot.parentElement.toggleAttribute("data-wb-draws", model.get("tool") !== "pan");
  model.on("change:tool", showTool);
  showTool();
  onMoved(plot, lookSoon);
  plot.addEventListener("mousedown", down, true);
  plot.addEventListener("mousemove", (event) => {
    if (!start) hover.soon(event);
  });
  plot.addEventListener("mouseleave", hover.leave);
  window.addEventListener("keydown", dropOutline, true);
  window.addEventListener("mousemove", drag, true);
  window.addEventListener("mouseup", up, true);
  const resized = debounced(() => {
    fit(plot);
    lookSoon();
  }, RESIZE_MILLISECONDS);
  const watch = new ResizeObserver(() => resized());
  watch.observe(plot);
  return () => {
    watch.disconnect();
    window.removeEventListener("keydown", dropOutline, true);
    window.removeEventListener("mousemove", drag, true);
    window.removeEventListener("mouseup", up, true);
  };
}

// map_plot.js
var LOOK_MILLISECONDS = 250;
var [FIRST_LOOKS, MOST_LOOKS] = [8, 120];
var MOST_FITS = 8;
function watchPlot(model, ask, el, over) {
  let stop = () => {
  };
  let missed = 0;
  let allowed = FIRST_LOOKS;
  let wanted = "";
  let fitted = 0;
  function again() {
    missed = 0;
    allowed = Math.min(2 * allowed, MOST_LOOKS);
    forgetDrawings(model).then(() => ask("again"));
  }
  function begin(plot) {
    plot.dataset.workbench = "";
    plot.parentElement.style.position = "relative";
    plot.parentElement.append(...over);
    stop();
    stop = listen(model, ask, plot, over[0]);
  }
  function keepSize(plot) {
    const missed2 = sizeMissed(plot);
    fitted = missed2 === wanted ? fitted + 1 : 0;
    wanted = missed2;
    if (missed2 && fitted < MOST_FITS) fit(plot);
  }
  function look() {
    const place = (
      /** @type {HTMLElement | null} */
      el.closest(".wb-map")
    );
    if (!place?.offsetParent) return;
    const plot = plotIn(place);
    if (!plot || !holds(plot, model.get("drawing"))) {
      missed += 1;
      if (missed > allowed) again();
      return;
    }
    [missed, allowed] = [0, FIRST_LOOKS];
    if (plot.dataset.workbench == null) begin(plot);
    keepSize(plot);
  }
  const timer = setInterval(look, LOOK_MILLISECONDS);
  return () => {
    clearInterval(timer);
    stop();
  };
}

// jupyterlab.js
var EDITING = /* @__PURE__ */ new Set(["a", "c", "v", "x", "y", "z", "enter"]);
function keepKeys(el) {
  el.addEventListener("keydown", (event) => {
    const command = (event.ctrlKey || event.metaKey) && !EDITING.has(event.key.toLowerCase());
    if (!command) event.stopPropagation();
  });
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
var setter = (model) => (name, value) => {
  model.set(name, value);
  model.save_changes();
};
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

// map.js
var MANY_CLASSES = 12;
function render({ model, el }) {
  const ask = asker(model);
  const set = setter(model);
  const card = h("div", { class: "wb-card", hidden: true });
  const tools = h("div", { class: "wb-group", role: "group", "aria-label": "Tool" });
  const modes = h("div", { class: "wb-group", role: "group", "aria-label": "What a lasso does" });
  const shows = h("div", { class: "wb-group", role: "group", "aria-label": "What the map shows" });
  const methods = h("select", {
    "aria-label": "Layout",
    title: "Layout",
    onchange: () => ask("method", { name: methods.value, settings: {} })
  });
  const gear = h(
    "button",
    {
      title: "Settings of the layout",
      "aria-label": "Settings of the layout",
      onclick: () => set("form", !model.get("form"))
    },
    "⚙"
  );
  const note = h("div", { class: "wb-map-note", role: "status" });
  const columns = h("select", {
    "aria-label": "Colour by",
    title: "Colour by",
    onchange: () => ask("column", { name: columns.value })
  });
  const slide = debounced(() => ask("level", { level: Number(fine.value) }), 120);
  const fine = h("input", {
    type: "range",
    min: 0,
    step: 1,
    "aria-label": "Clusters, coarse to fine",
    oninput: () => {
      drawLevel(Number(fine.value));
      slide();
    }
  });
  const level = h("label", { class: "wb-level" }, "coarse", fine, "fine");
  const summary = h("button", { class: "wb-summary", onclick: () => ask("clear") });
  const legend = h("div", { class: "wb-legend", role: "group", "aria-label": "Legend" });
  const choose = (select, names, now, label) => select.replaceChildren(
    ...names.map((name) => h("option", { value: name, selected: name === now }, label(name)))
  );
  function beside() {
    const open = model.get("beside") === "open";
    return button(
      open ? "◫" : "✕",
      open ? "A second map beside this one, with a layout and colours of its own" : "Close this second map",
      () => ask("beside")
    );
  }
  function drawNote() {
    setText(note, model.get("note"));
    note.hidden = !note.textContent;
  }
  function drawLevel(now) {
    const count = model.get("levels");
    level.hidden = !count || model.get("column") !== model.get("columns")[0];
    const words = `Clusters: level ${now + 1} of ${count}`;
    level.title = `${words}, coarse to fine`;
    fine.max = String(count - 1);
    fine.value = String(now);
    fine.setAttribute("aria-valuetext", words);
  }
  function drawTools() {
    const tool = model.get("tool");
    const mode = model.get("mode");
    tools.replaceChildren(
      button("Lasso", "Draw around points", () => ask("tool", { name: "lasso" }), tool === "lasso"),
      button("Box", "Draw a box around points", () => ask("tool", { name: "box" }), tool === "box"),
      button(
        "Pan",
        "Move the map; the wheel zooms in every tool",
        () => ask("tool", { name: "pan" }),
        tool === "pan"
      )
    );
    modes.replaceChildren(
      button("New", "The lasso starts a new selection", () => set("mode", "replace"), mode === "replace"),
      button("+", "The lasso adds (or hold Shift)", () => set("mode", "add"), mode === "add"),
      button("−", "The lasso removes (or hold Alt)", () => set("mode", "remove"), mode === "remove"),
      button(
        "∩",
        "The lasso keeps only what is selected inside it (or hold Shift and Alt)",
        () => set("mode", "intersect"),
        mode === "intersect"
      )
    );
    shows.replaceChildren(
      button("⤢", "Show the whole map again", () => ask("whole")),
      button("Aa", "Names on the map", () => set("names", !model.get("names")), model.get("names")),
      button(
        "▦",
        "Pictures on the map when zoomed in",
        () => set("pictures", !model.get("pictures")),
        model.get("pictures")
      ),
      ...model.get("beside") ? [beside()] : []
    );
    choose(methods, model.get("methods"), model.get("method"), (name) => LAYOUTS[name] ?? name);
    const own = Object.entries(model.get("settings")).map(([name, value]) => `${SETTINGS[name] ?? name} ${value}`).join(", ");
    methods.title = own ? `Layout: ${own}` : "Layout";
    gear.setAttribute("aria-pressed", String(model.get("form")));
    choose(columns, model.get("columns"), model.get("column"), (name) => name.replaceAll("_", " "));
    columns.hidden = model.get("columns").length < 2;
    drawLevel(model.get("level"));
    const selected = model.get("selected");
    setText(summary, `${model.get("summary")}${selected ? " ×" : ""}`);
    summary.disabled = !selected;
    summary.title = selected ? "Clear the selection (or double-click the map)" : "";
  }
  const seekSoon = debounced(() => ask("seek", { text: seek.value }), 200);
  const seek = h("input", {
    type: "search",
    class: "wb-seek",
    placeholder: "Find a class",
    "aria-label": "Find a class in the legend",
    oninput: () => seekSoon()
  });
  const all = h(
    "div",
    { class: "wb-row wb-legend-all" },
    seek,
    h("button", { title: "Show every class", onclick: () => ask("all", { shown: true }) }, "All"),
    h(
      "button",
      {
        title: "Hide every class, then click those you want to see",
        onclick: () => ask("all", { shown: false })
      },
      "None"
    )
  );
  function drawLegend() {
    all.hidden = model.get("classes") <= MANY_CLASSES;
    if (document.activeElement !== seek) seek.value = model.get("sought");
    legend.replaceChildren(
      ...model.get("legend").map(
        (item) => h(
          "button",
          {
            class: "wb-key",
            "aria-pressed": String(item.shown),
            title: "Click: hide or show. Shift-click or double-click: only this one",
            onclick: (event) => ask("legend", { cluster: item.cluster, only: event.shiftKey }),
            ondblclick: () => ask("legend", { cluster: item.cluster, only: true })
          },
          h("i", { style: `background:${item.colour}` }),
          item.name,
          h("span", { class: "wb-quiet" }, number(item.count))
        )
      ),
      model.get("more") ? h("span", { class: "wb-quiet" }, `and ${number(model.get("more"))} more`) : "",
      model.get("sought") && !model.get("legend").length ? h("span", { class: "wb-quiet" }, `No class is called “${model.get("sought")}”.`) : ""
    );
  }
  const stopWatching = watchPlot(model, ask, el, [card, note]);
  model.on(
    "change:tool change:mode change:methods change:method change:settings change:form change:beside change:columns change:column change:names change:pictures change:summary change:selected change:working change:level change:levels",
    drawTools
  );
  model.on("change:note", drawNote);
  model.on("change:legend change:more change:classes change:sought", drawLegend);
  fill(
    el,
    "wb-mapbar",
    h(
      "div",
      { class: "wb-row" },
      h("div", { class: "wb-group" }, methods, gear),
      columns,
      level,
      h("span", { class: "wb-space" }),
      summary
    ),
    layoutForm(model, ask),
    h("div", { class: "wb-row" }, tools, modes, shows),
    all,
    legend,
    working(model, ask),
    status(model)
  );
  drawTools();
  drawNote();
  drawLegend();
  return stopWatching;
}
var map_default = { render };
export {
  map_default as default
};
