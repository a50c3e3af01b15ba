// Gestures on the plot: draw, click, double click, hover, zoom. Plotly's own carry no modifier keys, and its
// hover looks through all points; what is nearest is asked of Python, which knows every point, drawn or not.
// Plotly itself only zooms and, with the hand, moves.

const CLICK_PIXELS = 4;
const DOUBLE_MILLISECONDS = 350;
const STILL_MILLISECONDS = 60;

// listen(model, ask, plot, card) reports what is done with the mouse on the plot; returns what stops listening
function listen(model, ask, plot, card) {
  let start = null, moved = 0, lastClick = 0, modifiers = {}, still = 0, pointer = 0, looked = "";
  const mode = () => (modifiers.alt && modifiers.shift ? "intersect" : modifiers.alt ? "remove" : modifiers.shift ? "add" : model.get("mode"));
  const marks = marker(model, ask, plot), outline = outliner(plot);
  highlighter(model, plot);

  function place(event) {
    const box = plot.parentElement.getBoundingClientRect();
    besidePointer(card, event.clientX - box.left, event.clientY - box.top, box.width, box.height);
  }

  async function hover(event) {
    const mine = ++pointer;
    const [answer, buffers] = await ask("hover", placeOf(plot, event));
    if (mine !== pointer || start) return;
    card.hidden = !(answer.row >= 0);
    if (card.hidden) return;
    card.replaceChildren(h("img", { src: pictureUrl(buffers[0]), alt: "" }), h("b", {}, answer.name.split("/").pop()), h("span", { class: "wb-quiet" }, answer.cluster));
    place(event);
  }

  async function look() {
    const { x, y, width, height } = seen(plot), text = JSON.stringify([x, y, width, height]);
    if (text === looked || !width) return;
    looked = text;
    await ask("view", { x, y, width, height });
    marks.load();
  }

  function down(event) {
    start = [event.clientX, event.clientY];
    moved = 0;
    modifiers = { shift: event.shiftKey, alt: event.altKey };
    const onPoints = event.button === 0 && event.target.classList?.contains("nsewdrag");
    leave();
    if (!onPoints || model.get("tool") === "pan") return;
    outline.begin(model.get("tool"), event);
    event.stopPropagation(); // plotly would move the map while Shift is held
    event.preventDefault(); // and the page would mark text
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

  function leave() {
    clearTimeout(still);
    pointer++;
    card.hidden = true;
  }

  let looking = 0;
  const lookSoon = () => { clearTimeout(looking); looking = setTimeout(look, 150); };
  const point = () => plot.parentElement.toggleAttribute("data-wb-draws", model.get("tool") !== "pan");
  model.on("change:tool", point);
  point();
  plot.on("plotly_relayout", lookSoon);
  plot.addEventListener("mousedown", down, true);
  plot.addEventListener("mousemove", (event) => {
    if (start) return;
    clearTimeout(still);
    still = setTimeout(() => hover(event), STILL_MILLISECONDS);
  });
  plot.addEventListener("mouseleave", leave);
  // A lasso that ends where it began is no click: what counts is how far the mouse has been away.
  const drag = (event) => {
    if (!start) return;
    moved = Math.max(moved, Math.hypot(event.clientX - start[0], event.clientY - start[1]));
    outline.move(event);
  };
  const key = (event) => { if (event.key === "Escape" && start) { start = null; outline.drop(); event.stopPropagation(); } };
  window.addEventListener("keydown", key, true);
  window.addEventListener("mousemove", drag, true);
  window.addEventListener("mouseup", up, true);
  // Plotly sizes itself before the grid around it has settled, and then only listens to the window.
  let resizing = 0;
  const watch = new ResizeObserver(() => {
    clearTimeout(resizing);
    resizing = setTimeout(() => { window.dispatchEvent(new Event("resize")); lookSoon(); }, 100);
  });
  watch.observe(plot);
  return () => {
    watch.disconnect();
    window.removeEventListener("keydown", key, true);
    window.removeEventListener("mousemove", drag, true);
    window.removeEventListener("mouseup", up, true);
  };
}
