// Highlights: what is selected bright over the dimmed others, hits crossed, the focus ringed, on a canvas over the plot.
// Plotly would lay out and draw every point anew for each of these; here nothing is drawn again but what changed.

const DIMMED = 0.22;
const HIT = "#e5383b", RING = "#ffab00";

// highlighter(model, plot) draws what the traits bright, crosses and ring say, and follows the plot
function highlighter(model, plot) {
  const canvas = h("canvas", { class: "wb-highlights", "aria-hidden": "true" });
  let bits = "", frame = 0;
  canvas.bright = []; // positions of the selected among the points drawn
  plot.parentElement.append(canvas);

  // the plot may still show other points than those that were counted last: then nothing is bright until it has caught up
  function readBright() {
    const points = plot._fullData?.[0], bytes = model.get("bright");
    if (points?.meta !== model.get("drawing")) return false;
    if (bits !== bytes) [bits, canvas.bright] = [bytes, positions(bytes)];
    return true;
  }

  function draw() {
    frame = 0;
    canvas.hidden = !["bright", "crosses", "ring"].some((name) => model.get(name).byteLength);
    plot.querySelector(".gl-container").style.opacity = model.get("bright").byteLength ? DIMMED : "";
    if (canvas.hidden) { canvas.bright = []; return; } // not even cleared: a browser without a graphics card draws the points first
    const { x, y, box } = seen(plot), home = plot.parentElement.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
    const width = Math.round(box.width * ratio), height = Math.round(box.height * ratio);
    if (!width || !height) return;
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    Object.assign(canvas.style, { left: `${box.left - home.left}px`, top: `${box.top - home.top}px`, width: `${box.width}px`, height: `${box.height}px` });
    const context = canvas.getContext("2d", { willReadFrequently: true }); // pixels are written, not strokes
    const image = context.createImageData(width, height), print = printer(image, x, y);
    if (readBright() && canvas.bright.length) printPoints(print, plot._fullData[0], canvas.bright, ratio);
    printPlaces(print, model.get("crosses"), crossed(ratio), HIT);
    printPlaces(print, model.get("ring"), ringed(ratio), RING);
    context.putImageData(image, 0, 0);
  }

  const drawSoon = () => { frame ||= requestAnimationFrame(draw); };
  for (const event of ["plotly_relayouting", "plotly_relayout", "plotly_afterplot"]) plot.on(event, drawSoon);
  model.on("change:bright change:crosses change:ring change:drawing", drawSoon);
  drawSoon();
}

// positions(bytes) returns which bits are set, the lowest of each byte first
function positions(bytes) {
  const found = [];
  for (let i = 0; i < bytes.byteLength; i++) {
    for (let byte = bytes.getUint8(i), bit = 0; byte; byte >>= 1, bit++) if (byte & 1) found.push(8 * i + bit);
  }
  return found;
}

// stamp(reach, depth) returns a small picture as the cover [0, 1] of its pixels, row by row; depth(x, y) tells how deep in
// the mark a place is, in pixels from its middle. A canvas would draw it too, but wait for all points before it is read.
function stamp(reach, depth) {
  const half = Math.ceil(reach + 0.5), side = 2 * half + 1;
  const cover = Float32Array.from({ length: side * side }, (_, i) => Math.min(1, Math.max(0, depth((i % side) - half, Math.floor(i / side) - half) + 0.5)));
  return { side, cover };
}

const disc = (radius) => stamp(radius, (x, y) => radius - Math.hypot(x, y));
const ringed = (ratio) => stamp(12 * ratio, (x, y) => 1.5 * ratio - Math.abs(Math.hypot(x, y) - 10 * ratio));
const crossed = (ratio) => stamp(3.4 * ratio, (x, y) => Math.min(ratio - Math.abs(Math.abs(x) - Math.abs(y)) / Math.SQRT2, 3.4 * ratio - Math.abs(x)));

// rgb(colour) returns red, green and blue of any colour that CSS knows
function rgb(colour) {
  const context = (rgb.context ??= h("canvas").getContext("2d"));
  context.fillStyle = colour;
  return [1, 3, 5].map((at) => parseInt(context.fillStyle.slice(at, at + 2), 16));
}

// printer(image, x, y) returns a function that puts a stamp on a place of the part [x] x [y] of the map
function printer(image, x, y) {
  const { data, width, height } = image, right = width / (x[1] - x[0]), up = height / (y[1] - y[0]);
  return ({ side, cover }, at, above, [red, green, blue]) => {
    const left = Math.round((at - x[0]) * right - side / 2), top = Math.round((y[1] - above) * up - side / 2);
    for (let row = Math.max(0, -top); row < Math.min(side, height - top); row++) {
      for (let column = Math.max(0, -left); column < Math.min(side, width - left); column++) {
        const own = cover[row * side + column];
        if (!own) continue;
        const i = 4 * ((top + row) * width + left + column), below = (data[i + 3] / 255) * (1 - own), whole = own + below;
        data[i] = (red * own + data[i] * below) / whole;
        data[i + 1] = (green * own + data[i + 1] * below) / whole;
        data[i + 2] = (blue * own + data[i + 2] * below) / whole;
        data[i + 3] = 255 * whole;
      }
    }
  };
}

// printPoints(print, points, rows, ratio) prints some points of plotly's trace as it draws them
function printPoints(print, points, rows, ratio) {
  const { x, y, marker } = points, round = disc((marker.size * ratio) / 2);
  const palette = marker.colorscale.filter((_, i) => i % 2).map(([, colour]) => rgb(colour));
  for (const row of rows) print(round, x[row], y[row], palette[marker.color[row]]);
}

// printPlaces(print, bytes, stamp, colour) prints one stamp on each place of a buffer of float32 x, y
function printPlaces(print, bytes, stamp, colour) {
  const own = rgb(colour);
  for (let i = 0; i + 8 <= bytes.byteLength; i += 8) print(stamp, bytes.getFloat32(i, true), bytes.getFloat32(i + 4, true), own);
}
