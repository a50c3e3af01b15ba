// @ts-check
// Where: places. Lasso, box, click and hover on the map of the world; what they meet is asked of Python.

import { debounced, h, setText } from "./dom.js";
import { foldDetails } from "./folding.js";
import { number } from "./format.js";
import { hovering } from "./hover.js";
import { consume, onTheme } from "./jupyterlab.js";
import { asker, fill, status } from "./panel.js";
import { press, selecting } from "./selecting.js";
import { lines, worldMap } from "./where_canvas.js";

/** @typedef {import("./types.js").Pair} Pair */

const CLICK_PIXELS = 4;
const VIEW_MILLISECONDS = 120;
const TOOLS = [
  ["lasso", "Lasso", "Draw around images"],
  ["box", "Box", "Draw a box around images"],
  ["pan", "Pan", "Move the map; the wheel zooms in every tool"],
];
/** @type {Record<string, Pair>} */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  const { modeOf, modes: modesNow } = selecting(model, "A lasso");
  const canvas = h("canvas", {
    tabindex: "0",
    role: "application",
    "aria-label":
      "Map of places. Arrow keys move it, plus and minus zoom; Enter selects what is in view, Shift " +
      "Enter adds it, Alt Enter removes it, Escape clears the selection.",
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
    press("⤢", "Show all images that have a place", () => ask("turn", { to: "whole" })),
  );
  const unplaced = h("button", {
    class: "wb-where-unplaced",
    onclick: (event) => ask("unplaced", { mode: modeOf(event) }),
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
    unplaced,
  );
  const words = h("p", { class: "wb-where-text" });
  const key = h("div", { class: "wb-row wb-quiet wb-where-key" });
  const body = h("div", { class: "wb-where-body" }, bar, stage, key, words);

  let circles = new Float64Array();
  /** @type {Pair[]} */
  let drawn = [];
  /** @type {{ at: Pair, x: number, y: number, pan: boolean } | null} */
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

  /** @param {import("./selecting.js").Held} event */
  function inView(event) {
    const [x0, y0] = map.toWorld(0, 0);
    const [x1, y1] = map.toWorld(...map.size());
    ask("box", { x0, y0, x1, y1, mode: modeOf(event) });
  }

  /** @type {(event: MouseEvent) => Pair} */
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

  /** @param {number} factor @param {Pair | []} place */
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
      map.silent() ? "No tiles come from this server. Outline: Natural Earth" : tiles || "Natural Earth",
    );
  }

  function drawBar() {
    const tool = model.get("tool");
    const some = model.get("placed") > 0;
    const choices = TOOLS.map(([name, text, title]) =>
      press(text, title, () => ask("tool", { name }), tool === name),
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
      "selected",
    );
    canvas.style.cursor = tool === "pan" ? "grab" : "crosshair";
  }

  const hover = hovering(ask, card, {
    place: (event) => {
      const [x, y] = map.toWorld(...at(event));
      return { x, y };
    },
    drawing: () => start !== null,
    texts: ({ where, near }) => (near > 1 ? [where, `the nearest of ${number(near)} here`] : [where]),
    area: () => canvas.getBoundingClientRect(),
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
      /** @type {Pair[]} */
      const corners = [
        [x, y],
        [left, y],
        [left, top],
        [x, top],
      ];
      drawn = corners.map((corner) => map.toWorld(...corner));
    } else drawn = [...(drawn.length ? drawn : [map.toWorld(x, y)]), map.toWorld(left, top)];
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
    { passive: false },
  );
  canvas.addEventListener("keydown", (event) => {
    const [width, height] = map.size();
    const step = STEPS[event.key];
    if (step) {
      map.move((step[0] * width) / 6, (step[1] * height) / 6);
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
    status(model),
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

export default { render };
