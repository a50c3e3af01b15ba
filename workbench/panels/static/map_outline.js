// Outline: the lasso or box that is being drawn, on a layer of its own. Plotly's drawing tools lay out and draw every
// point anew at mouse-up, before they tell anybody; here the points stay as they are until the answer marks them.

const NODES = "http://www.w3.org/2000/svg";
const STEP_PIXELS = 3;

// outliner(plot) returns { begin, move, end, drop }: end() gives shape and corners, in coordinates of the map, or null
function outliner(plot) {
  const layer = document.createElementNS(NODES, "svg"), path = layer.appendChild(document.createElementNS(NODES, "path"));
  layer.classList.add("wb-outline");
  layer.setAttribute("aria-hidden", "true");
  plot.parentElement.append(layer);
  let tool = "", corners = [], box = null, home = null, frame = 0;

  function inside(event) {
    return { clientX: Math.min(Math.max(event.clientX, box.left), box.right), clientY: Math.min(Math.max(event.clientY, box.top), box.bottom) };
  }

  const around = ([a], b) => [a, { clientX: b.clientX, clientY: a.clientY }, b, { clientX: a.clientX, clientY: b.clientY }];

  function draw() {
    frame = 0;
    const text = corners.map((at) => `${(at.clientX - home.left).toFixed(1)},${(at.clientY - home.top).toFixed(1)}`);
    path.setAttribute("d", text.length > 1 ? `M${text.join("L")}Z` : "");
  }

  function begin(name, event) {
    [box, home] = [seen(plot).box, layer.getBoundingClientRect()];
    [tool, corners] = [name, [inside(event)]];
  }

  function move(event) {
    if (!tool) return;
    const at = inside(event), last = corners[corners.length - 1];
    if (tool === "box") corners = around(corners, at);
    else if (Math.hypot(at.clientX - last.clientX, at.clientY - last.clientY) >= STEP_PIXELS) corners.push(at);
    frame ||= requestAnimationFrame(draw);
  }

  function drop() {
    cancelAnimationFrame(frame);
    [tool, corners, frame] = ["", [], 0];
    path.setAttribute("d", "");
  }

  function end() {
    const places = corners.map((at) => placeOf(plot, at)), box = tool === "box";
    drop();
    if (places.length < 3) return null;
    const kept = box ? [places[0], places[2]] : places;
    return { shape: box ? "box" : "lasso", corners: Float64Array.from(kept.flatMap(({ x, y }) => [x, y])) };
  }

  return { begin, move, end, drop };
}
