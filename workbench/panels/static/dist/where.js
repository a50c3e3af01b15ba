// Built by esbuild 0.28.2 from dom.js folding.js format.js hover.js jupyterlab.js panel.js selecting.js where.js where_canvas.js widgets.js world_view.js sha256:afd28ee44bbb65062904a2ac5c042a201421cec105a78196b7bc256326b11e9e
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

// folding.js
function foldDetails(model, toggled, summary, ...children) {
  const node = h(
    "details",
    { open: model.get("unfolded"), ontoggle: () => toggled(node.open) },
    h("summary", {}, ...summary),
    ...children
  );
  model.on("change:unfolded", () => {
    node.open = model.get("unfolded");
  });
  return node;
}

// format.js
var number = (value) => (value ?? 0).toLocaleString("en");
var clamp = (value, low, high) => Math.max(low, Math.min(high, value));
var fileName = (path) => path.split("/").pop() ?? "";

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

// jupyterlab.js
var EDITING = /* @__PURE__ */ new Set(["a", "c", "v", "x", "y", "z", "enter"]);
function keepKeys(el) {
  el.addEventListener("keydown", (event) => {
    const command = (event.ctrlKey || event.metaKey) && !EDITING.has(event.key.toLowerCase());
    if (!command) event.stopPropagation();
  });
}
function consume(event) {
  event.preventDefault();
  event.stopPropagation();
}
function onTheme(changed) {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"]
  });
  return () => observer.disconnect();
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

// selecting.js
var press = (text, title, on, pressed) => button(text, title, on, pressed, { "aria-label": text.length < 3 ? title : null });
var CHOICES = [
  ["replace", "New", "starts a new selection"],
  ["add", "+", "adds (or hold Shift)"],
  ["remove", "−", "removes (or hold Alt)"]
];
function selecting(model, what) {
  const set = setter(model);
  const now = () => model.get("mode");
  return {
    /** @param {Held} event */
    modeOf: (event) => event.altKey ? "remove" : event.shiftKey ? "add" : now(),
    modes: () => CHOICES.map(
      ([name, text, does]) => press(text, `${what} ${does}`, () => set("mode", name), now() === name)
    )
  };
}

// world_view.js
var AROUND = 400750167e-1;
var LEAST = 40;
var MOST = 6e7;
var SCALE_BAR_PIXELS = 100;
function worldView(size) {
  const view = { x: 0, y: 0, scale: 900 };
  const toScreen = (x, y) => {
    const [width, height] = size();
    return [width / 2 + (x - view.x) * view.scale, height / 2 - (y - view.y) * view.scale];
  };
  const toWorld = (left, top) => {
    const [width, height] = size();
    return [view.x + (left - width / 2) / view.scale, view.y - (top - height / 2) / view.scale];
  };
  function look({ x = view.x, y = view.y, scale = view.scale }) {
    view.scale = clamp(scale, LEAST, MOST);
    view.x = clamp(x, -0.5, 0.5);
    view.y = clamp(y, -0.5, 0.5);
  }
  function zoom(factor, left = size()[0] / 2, top = size()[1] / 2) {
    const [x, y] = toWorld(left, top);
    look({ scale: view.scale * factor });
    const [u, v] = toWorld(left, top);
    look({ x: view.x + x - u, y: view.y + y - v });
  }
  const move = (right, up) => look({ x: view.x + right / view.scale, y: view.y + up / view.scale });
  return { view, toScreen, toWorld, look, zoom, move };
}
function scaleBar({ y, scale }) {
  const latitude = 2 * Math.atan(Math.exp(2 * Math.PI * y)) - Math.PI / 2;
  const room = SCALE_BAR_PIXELS * AROUND * Math.cos(latitude) / scale;
  const power = 10 ** Math.floor(Math.log10(room));
  const metres = power * ([5, 2, 1].find((n) => n * power <= room) ?? 1);
  return { metres, pixels: SCALE_BAR_PIXELS * metres / room };
}
function tilesOf({ scale }, [west, north], [east, south]) {
  const z = clamp(Math.round(Math.log2(scale / 256)), 0, 19);
  const count = 2 ** z;
  const within = (n) => clamp(Math.floor(n * count), 0, count - 1);
  return {
    z,
    count,
    columns: [within(west + 0.5), within(east + 0.5)],
    rows: [within(0.5 - north), within(0.5 - south)]
  };
}

// where_canvas.js
var CIRCLE = 5;
var KEPT_TILES = 400;
var LOOKS = ["land", "border", "coast", "image", "dimmed", "hit", "selected", "halo", "text", "ring"];
function lines(bytes, ends, closed) {
  const at = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const path = new Path2D();
  let start = 0;
  for (const end of ends) {
    for (let i = start; i < end; i++) path[i === start ? "moveTo" : "lineTo"](at[2 * i], at[2 * i + 1]);
    if (closed) path.closePath();
    start = end;
  }
  return path;
}
function worldMap(canvas, changed) {
  const size = () => [canvas.clientWidth, canvas.clientHeight];
  const world = worldView(size);
  const { view, toScreen, toWorld } = world;
  const tiles = /* @__PURE__ */ new Map();
  const context = (
    /** @type {CanvasRenderingContext2D} */
    canvas.getContext("2d", { willReadFrequently: true })
  );
  let land = null;
  let server = "";
  let came = 0;
  let failed = 0;
  const radius = (count) => 3.5 + 2.4 * Math.log10(Math.max(count, 1));
  function tileAt(url) {
    const known = tiles.get(url);
    if (known) return known;
    const tile = new Image();
    tile.onload = () => {
      came++;
      changed();
    };
    tile.onerror = () => {
      failed++;
      changed();
    };
    tile.src = url;
    tiles.set(url, tile);
    if (tiles.size > KEPT_TILES) tiles.delete(
      /** @type {string} */
      tiles.keys().next().value
    );
    return tile;
  }
  function drawTiles(address) {
    const { z, count, columns, rows } = tilesOf(view, toWorld(0, 0), toWorld(...size()));
    const side = view.scale / count;
    for (let x = columns[0]; x <= columns[1]; x++) {
      for (let y = rows[0]; y <= rows[1]; y++) {
        const url = address.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y));
        const tile = tileAt(url);
        const [left, top] = toScreen(x / count - 0.5, 0.5 - y / count);
        if (tile.complete && tile.naturalWidth) context.drawImage(tile, left, top, side + 0.5, side + 0.5);
      }
    }
  }
  function drawLand({ coasts, borders }, looks, ratio) {
    const [left, top] = toScreen(0, 0);
    context.save();
    context.setTransform(view.scale * ratio, 0, 0, -view.scale * ratio, left * ratio, top * ratio);
    context.fillStyle = looks.land;
    context.fill(coasts, "evenodd");
    context.lineWidth = 1 / view.scale;
    context.strokeStyle = looks.border;
    context.stroke(borders);
    context.strokeStyle = looks.coast;
    context.stroke(coasts);
    context.restore();
  }
  function drawCircles(circles, looks, some) {
    const layers = [
      [2, some ? looks.dimmed : looks.image, 1],
      [4, looks.selected, 1],
      [3, looks.hit, 0.6]
    ];
    for (const [column, colour, share] of layers) {
      context.beginPath();
      for (let i = 0; i < circles.length; i += CIRCLE) {
        if (!circles[i + column]) continue;
        const [left, top] = toScreen(circles[i], circles[i + 1]);
        const size2 = radius(circles[i + column]) * share;
        context.moveTo(left + size2, top);
        context.arc(left, top, size2, 0, 2 * Math.PI);
      }
      context.fillStyle = colour;
      context.fill();
      context.strokeStyle = looks.halo;
      context.lineWidth = 1;
      context.stroke();
    }
  }
  function drawScaleBar(looks) {
    const [, height] = size();
    const { metres, pixels } = scaleBar(view);
    context.strokeStyle = context.fillStyle = looks.text;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(12, height - 18);
    context.lineTo(12, height - 12);
    context.lineTo(12 + pixels, height - 12);
    context.lineTo(12 + pixels, height - 18);
    context.stroke();
    context.font = "11px system-ui, sans-serif";
    const text = metres >= 1e3 ? `${number(metres / 1e3)} km` : `${metres} m`;
    context.fillText(text, 18 + pixels, height - 11);
  }
  function drawFocus([x, y], looks) {
    context.beginPath();
    context.arc(...toScreen(x, y), 11, 0, 2 * Math.PI);
    context.strokeStyle = looks.ring;
    context.lineWidth = 3;
    context.stroke();
  }
  function drawOutline(drawn, looks) {
    context.beginPath();
    drawn.forEach((at, i) => {
      context[i ? "lineTo" : "moveTo"](...toScreen(...at));
    });
    context.closePath();
    context.fillStyle = looks.selected;
    context.globalAlpha = 0.12;
    context.fill("evenodd");
    context.globalAlpha = 1;
    context.strokeStyle = looks.selected;
    context.lineWidth = 2;
    context.stroke();
  }
  function looksNow() {
    const style = getComputedStyle(canvas);
    const own = LOOKS.map((name) => [name, style.getPropertyValue(`--wb-where-${name}`).trim()]);
    return Object.fromEntries(own);
  }
  function draw(circles, some, focus, drawn, address) {
    const [width, height] = size();
    const ratio = window.devicePixelRatio || 1;
    if (!width || !height) return;
    canvas.dataset.view = `${view.x} ${view.y} ${view.scale}`;
    const pixels = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) [canvas.width, canvas.height] = pixels;
    const looks = looksNow();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    if (land) drawLand(land, looks, ratio);
    if (address !== server) {
      [server, came, failed] = [address, 0, 0];
      tiles.clear();
    }
    if (address) drawTiles(address);
    drawCircles(circles, looks, some);
    if (focus.length) drawFocus(focus, looks);
    if (drawn.length > 1) drawOutline(drawn, looks);
    drawScaleBar(looks);
  }
  return {
    ...world,
    size,
    draw,
    /** Whether a server of tiles was asked and answers nothing. */
    silent: () => failed > 0 && !came,
    /** @param {Path2D} coasts @param {Path2D} borders */
    outline: (coasts, borders) => {
      land = { coasts, borders };
    }
  };
}

// where.js
var CLICK_PIXELS = 4;
var VIEW_MILLISECONDS = 120;
var TOOLS = [
  ["lasso", "Lasso", "Draw around images"],
  ["box", "Box", "Draw a box around images"],
  ["pan", "Pan", "Move the map; the wheel zooms in every tool"]
];
var STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
function render({ model, el }) {
  const ask = asker(model);
  const { modeOf, modes: modesNow } = selecting(model, "A lasso");
  const canvas = h("canvas", {
    tabindex: "0",
    role: "application",
    "aria-label": "Map of places. Arrow keys move it, plus and minus zoom; Enter selects what is in view, Shift Enter adds it, Alt Enter removes it, Escape clears the selection."
  });
  const card = h("div", { class: "wb-where-card", hidden: true });
  const credit = h("div", { class: "wb-where-credit" });
  const stage = h("div", { class: "wb-where-stage" }, canvas, card, credit);
  const tools = h("div", { class: "wb-group", role: "group", "aria-label": "Tool" });
  const modes = h("div", { class: "wb-group", role: "group", "aria-label": "What a lasso does" });
  const zooms = h(
    "div",
    { class: "wb-group", role: "group", "aria-label": "Zoom" },
    press("−", "Zoom out", () => zoom(0.5)),
    press("+", "Zoom in", () => zoom(2)),
    press("⤢", "Show all images that have a place", () => ask("turn", { to: "whole" }))
  );
  const unplaced = h("button", {
    class: "wb-where-unplaced",
    onclick: (event) => ask("unplaced", { mode: modeOf(event) })
  });
  const bar = h(
    "div",
    { class: "wb-row" },
    tools,
    modes,
    zooms,
    press("World", "Show the world", () => ask("turn", { to: "world" })),
    press("Select in view", "Select what is in view; Shift adds, Alt removes", (event) => inView(event)),
    h("span", { class: "wb-space" }),
    unplaced
  );
  const words = h("p", { class: "wb-where-text" });
  const key = h("div", { class: "wb-row wb-quiet wb-where-key" });
  const body = h("div", { class: "wb-where-body" }, bar, stage, key, words);
  let circles = new Float64Array();
  let drawn = [];
  let start = null;
  let held = { altKey: false, shiftKey: false };
  let far = 0;
  let asked = false;
  let turn = 0;
  let frame = 0;
  const map = worldMap(canvas, draw);
  function draw() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      map.draw(circles, model.get("selected") > 0, model.get("ring"), drawn, model.get("tiles"));
      drawCredit();
    });
  }
  function inView(event) {
    const [x0, y0] = map.toWorld(0, 0);
    const [x1, y1] = map.toWorld(...map.size());
    ask("box", { x0, y0, x1, y1, mode: modeOf(event) });
  }
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const tellView = debounced(() => {
    const [width, height] = map.size();
    if (width) ask("view", { ...map.view, width, height });
  }, VIEW_MILLISECONDS);
  function moved() {
    draw();
    tellView();
  }
  function zoom(factor, place = []) {
    map.zoom(factor, ...place);
    moved();
  }
  async function open() {
    if (!fold.open || asked) return;
    asked = true;
    const [about, [coasts, borders]] = await ask("outline");
    map.outline(lines(coasts, about.coasts, true), lines(borders, about.borders, false));
    draw();
  }
  function take() {
    const bytes = model.get("circles");
    const look = model.get("look");
    if (bytes?.byteLength != null) {
      circles = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    }
    if (look.turn && look.turn !== turn) {
      turn = look.turn;
      Object.assign(map.view, { x: look.x, y: look.y, scale: look.scale });
      moved();
    }
    draw();
  }
  function drawCredit() {
    const tiles = model.get("tiles") && (model.get("credit") || "Tiles from a server");
    setText(
      credit,
      map.silent() ? "No tiles come from this server. Outline: Natural Earth" : tiles || "Natural Earth"
    );
  }
  function drawBar() {
    const tool = model.get("tool");
    const some = model.get("placed") > 0;
    const choices = TOOLS.map(
      ([name, text, title]) => press(text, title, () => ask("tool", { name }), tool === name)
    );
    tools.replaceChildren(...choices);
    modes.replaceChildren(...modesNow());
    for (const node of [bar, stage, key]) node.hidden = !some;
    setText(words, model.get("text"));
    unplaced.hidden = !model.get("unplaced");
    setText(unplaced, `Select ${number(model.get("unplaced"))} without a place`);
    key.replaceChildren(
      h("i", { class: "wb-where-image" }),
      "images: the more, the larger",
      h("i", { class: "wb-where-hit" }),
      "hits",
      h("i", { class: "wb-where-selected" }),
      "selected"
    );
    canvas.style.cursor = tool === "pan" ? "grab" : "crosshair";
  }
  const hover = hovering(ask, card, {
    place: (event) => {
      const [x, y] = map.toWorld(...at(event));
      return { x, y };
    },
    drawing: () => start !== null,
    texts: ({ where, near }) => near > 1 ? [where, `the nearest of ${number(near)} here`] : [where],
    area: () => canvas.getBoundingClientRect()
  });
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 1) return;
    const pan = event.button === 1 || model.get("tool") === "pan";
    start = { at: at(event), x: map.view.x, y: map.view.y, pan };
    held = { altKey: event.altKey, shiftKey: event.shiftKey };
    far = 0;
    hover.leave();
    canvas.setPointerCapture(event.pointerId);
    canvas.focus();
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!start) return hover.soon(event);
    const [left, top] = at(event);
    const [x, y] = start.at;
    far = Math.max(far, Math.hypot(left - x, top - y));
    if (start.pan) {
      map.look({ x: start.x - (left - x) / map.view.scale, y: start.y + (top - y) / map.view.scale });
      moved();
    } else if (model.get("tool") === "box") {
      const corners = [
        [x, y],
        [left, y],
        [left, top],
        [x, top]
      ];
      drawn = corners.map((corner) => map.toWorld(...corner));
    } else drawn = [...drawn.length ? drawn : [map.toWorld(x, y)], map.toWorld(left, top)];
    draw();
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!start) return;
    const path = drawn;
    const mode = modeOf(held);
    const pan = start.pan;
    stop();
    const [x, y] = map.toWorld(...at(event));
    if (far < CLICK_PIXELS) ask("click", { x, y });
    else if (pan) return;
    else if (model.get("tool") === "box") {
      const [[x0, y0], , [x1, y1]] = path;
      ask("box", { x0, y0, x1, y1, mode });
    } else ask("lasso", { mode }, [Float64Array.from(path.flat()).buffer]);
  });
  function stop() {
    start = null;
    drawn = [];
    draw();
  }
  canvas.addEventListener("pointercancel", stop);
  canvas.addEventListener("pointerleave", hover.leave);
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      hover.leave();
      zoom(Math.exp(-event.deltaY / 400), at(event));
    },
    { passive: false }
  );
  canvas.addEventListener("keydown", (event) => {
    const [width, height] = map.size();
    const step = STEPS[event.key];
    if (step) {
      map.move(step[0] * width / 6, step[1] * height / 6);
      moved();
    } else if (event.key === "+") zoom(1.5);
    else if (event.key === "-") zoom(1 / 1.5);
    else if (event.key === "Enter") inView(event);
    else if (event.key === "Escape") ask("clear");
    else return;
    consume(event);
  });
  const fold = foldDetails(
    model,
    (on) => {
      ask("unfold", { on });
      open();
    },
    ["Where", h("span", { class: "wb-quiet" }, "Places of the images on a map of the world")],
    body,
    status(model)
  );
  model.on("change:circles change:look change:ring change:selected change:tiles", take);
  model.on("change:tool change:mode change:text change:placed change:unplaced change:credit", () => {
    drawBar();
    draw();
  });
  const watch = new ResizeObserver(moved);
  watch.observe(canvas);
  const stopTheme = onTheme(draw);
  fill(el, "wb-where", fold);
  drawBar();
  take();
  open();
  return () => {
    watch.disconnect();
    stopTheme();
    tellView.cancel();
    cancelAnimationFrame(frame);
  };
}
var where_default = { render };
export {
  where_default as default
};
