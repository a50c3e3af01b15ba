// @ts-check
// The photo on which a box is drawn: by dragging, by a click (Python proposes a candidate), or by the arrow
// keys.

import { boxBetween, boxOver, nudged } from "./boxes.js";
import { h } from "./dom.js";
import { clamp } from "./format.js";

const STEP = 0.02; // of the photo's longer side: how far an arrow key moves an edge
const HIGH = 420; // pixels on the screen that a photo is high, unless that is too wide
const CLICK = 4; // pixels on the screen: a shorter drag is a click

/** @typedef {import("./types.js").Box} Box */
/** @typedef {import("./types.js").Pair} Pair */

/**
 * The photo, and what is told of a box that is drawn on it; boxes in pixels of the image.
 * @param {object} on
 * @param {(box: Box, find: boolean) => void} on.draw
 * @param {(x: number, y: number) => void} on.click
 * @param {() => void} on.find
 * @param {() => void} on.clear
 */
export function thingPhoto(on) {
  const photo = h("img", { class: "wb-thing-photo", draggable: "false", alt: "" });
  const frame = h(
    "div",
    {
      class: "wb-thing-frame",
      tabindex: "0",
      role: "application",
      "aria-label":
        "The image in focus. Drag to draw a box around an object, or click it. Arrow keys move the box, " +
        "with Shift its lower right corner; C proposes another; Enter finds; Escape removes the box.",
    },
    photo,
  );
  /** @type {Pair} */
  let shape = [1, 1];
  /** @type {Box | []} */
  let box = [];
  /** @type {{ at: Pair, x: number, y: number } | null} */
  let start = null;
  /** @type {SVGSVGElement | null} */
  let drawing = null;

  /** @param {Pair} newShape @param {Box | []} newBox */
  function show(newShape, newBox) {
    [shape, box] = [newShape, newBox];
    // small images are shown larger
    frame.style.width = `min(100%, ${Math.round((HIGH * shape[0]) / shape[1])}px)`;
    paint(box);
  }
  /** @type {(box: Box) => Box} */
  const shares = ([x, y, width, height]) => [x / shape[0], y / shape[1], width / shape[0], height / shape[1]];
  /** @param {Box | []} now */
  function paint(now) {
    drawing?.remove();
    drawing = now.length ? boxOver(shares(now), shape) : null;
    if (drawing) frame.append(drawing);
    frame.dataset.box = now.map((side) => Math.round(side)).join(" ");
  }
  /** @type {(event: MouseEvent) => Pair} */
  function place(event) {
    const seen = photo.getBoundingClientRect();
    return [
      clamp((event.clientX - seen.left) / seen.width, 0, 1) * shape[0],
      clamp((event.clientY - seen.top) / seen.height, 0, 1) * shape[1],
    ];
  }
  /** @type {(event: MouseEvent, from: { x: number, y: number }) => boolean} */
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

  /** @param {string} key @param {boolean} corner */
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
