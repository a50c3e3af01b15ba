// The photo on which a box is drawn: by dragging, by a click (Python proposes a candidate), or by the arrow keys.

const STEP = 0.02; // of the photo's longer side: how far an arrow key moves an edge
const HIGH = 420; // pixels on the screen that a photo is high, unless that is too wide
const CLICK = 4; // pixels on the screen: a shorter drag is a click

// thingPhoto({ draw(box, find), click(x, y), find(), clear() }) -> { node, photo, show(shape, box) }; boxes in pixels of the image
function thingPhoto(on) {
  const photo = h("img", { class: "wb-thing-photo", draggable: "false", alt: "" });
  const frame = h("div", {
    class: "wb-thing-frame", tabindex: "0", role: "application",
    "aria-label": "The image in focus. Drag to draw a box around a thing, or click it. Arrow keys move the box, with Shift its lower right corner; C proposes another; Enter finds; Escape takes the box away.",
  }, photo);
  let shape = [1, 1], box = [], start = null, drawing = null;

  function show(newShape, newBox) {
    [shape, box] = [newShape, newBox];
    frame.style.width = `min(100%, ${Math.round((HIGH * shape[0]) / shape[1])}px)`; // small images are shown larger
    paint(box);
  }
  function paint(now) {
    drawing?.remove();
    drawing = now.length ? boxOver(now.map((side, i) => side / shape[i % 2]), shape) : null;
    if (drawing) frame.append(drawing);
    frame.dataset.box = now.map((side) => Math.round(side)).join(" ");
  }
  function place(event) {
    const seen = photo.getBoundingClientRect();
    return [event.clientX - seen.left, event.clientY - seen.top].map((at, i) =>
      Math.min(Math.max(at / [seen.width, seen.height][i], 0), 1) * shape[i]);
  }
  const between = (a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1])];
  const moved = (event) => Math.hypot(event.clientX - start.x, event.clientY - start.y) >= CLICK;

  frame.addEventListener("pointerdown", (event) => {
    if (event.button || !photo.naturalWidth) return;
    start = { at: place(event), x: event.clientX, y: event.clientY };
    frame.setPointerCapture(event.pointerId);
    frame.focus({ preventScroll: true });
    event.preventDefault();
  });
  frame.addEventListener("pointermove", (event) => {
    if (start && moved(event)) paint(between(start.at, place(event)));
  });
  frame.addEventListener("pointerup", (event) => {
    if (!start) return;
    const drawn = between(start.at, place(event)), dragged = moved(event);
    start = null;
    if (dragged && drawn[2] >= 1 && drawn[3] >= 1) on.draw(drawn, true);
    else {
      paint(box);
      on.click(...place(event));
    }
  });
  frame.addEventListener("pointercancel", () => { start = null; paint(box); });

  function nudge(key, corner) {
    if (!box.length) return on.draw([shape[0] * 0.35, shape[1] * 0.35, shape[0] * 0.3, shape[1] * 0.3], false);
    const step = Math.max(1, Math.max(...shape) * STEP);
    const axis = Number(key === "ArrowUp" || key === "ArrowDown"), sign = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
    const next = [...box];
    if (corner) next[axis + 2] = Math.min(Math.max(next[axis + 2] + sign * step, step), shape[axis] - next[axis]);
    else next[axis] = Math.min(Math.max(next[axis] + sign * step, 0), shape[axis] - next[axis + 2]);
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
