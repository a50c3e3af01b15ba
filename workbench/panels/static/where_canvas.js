// The canvas of places: land, borders, tiles where the analyst named a server, and circles of images.

const CIRCLE = 5; // numbers a circle: x, y, images, hits, selected
const AROUND = 40075016.7;
const SCALES = [40, 6e7]; // pixels that the width of the world takes: least and most

// lines(bytes, ends) returns a path on the Mercator square of lines that end at these points
function lines(bytes, ends, closed) {
  const at = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)), path = new Path2D();
  let start = 0;
  for (const end of ends) {
    for (let i = start; i < end; i++) path[i === start ? "moveTo" : "lineTo"](at[2 * i], at[2 * i + 1]);
    if (closed) path.closePath();
    start = end;
  }
  return path;
}

// worldMap(canvas, changed) keeps what is looked at, and draws it; changed() is called when a tile has come
function worldMap(canvas, changed) {
  const view = { x: 0, y: 0, scale: 900 };
  const tiles = new Map();
  // in memory: without a graphics card a browser strokes 80,000 corners in 1.8 s on its emulated one, here in 12 ms
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let land = null, server = "", came = 0, failed = 0;

  const size = () => [canvas.clientWidth, canvas.clientHeight];
  const toScreen = (x, y) => { const [w, h] = size(); return [w / 2 + (x - view.x) * view.scale, h / 2 - (y - view.y) * view.scale]; };
  const toWorld = (left, top) => { const [w, h] = size(); return [view.x + (left - w / 2) / view.scale, view.y - (top - h / 2) / view.scale]; };
  const radius = (count) => 3.5 + 2.4 * Math.log10(Math.max(count, 1));

  function clamp() {
    view.scale = Math.max(SCALES[0], Math.min(SCALES[1], view.scale));
    view.x = Math.max(-0.5, Math.min(0.5, view.x));
    view.y = Math.max(-0.5, Math.min(0.5, view.y));
  }
  function zoom(factor, left = size()[0] / 2, top = size()[1] / 2) {
    const [x, y] = toWorld(left, top);
    view.scale *= factor;
    clamp();
    const [u, v] = toWorld(left, top);
    view.x += x - u;
    view.y += y - v;
    clamp();
  }

  function drawTiles(address) {
    const z = Math.max(0, Math.min(19, Math.round(Math.log2(view.scale / 256)))), count = 2 ** z, side = view.scale / count;
    const [w, h] = size(), [west, north] = toWorld(0, 0), [east, south] = toWorld(w, h);
    const within = (n) => Math.max(0, Math.min(count - 1, Math.floor(n * count)));
    for (let i = within(west + 0.5); i <= within(east + 0.5); i++) {
      for (let j = within(0.5 - north); j <= within(0.5 - south); j++) {
        const url = address.replace("{z}", z).replace("{x}", i).replace("{y}", j);
        if (!tiles.has(url)) {
          const tile = new Image();
          tile.onload = () => { came++; changed(); };
          tile.onerror = () => { failed++; changed(); };
          tile.src = url;
          tiles.set(url, tile);
          if (tiles.size > 400) tiles.delete(tiles.keys().next().value);
        }
        const tile = tiles.get(url), [left, top] = toScreen(i / count - 0.5, 0.5 - j / count);
        if (tile.complete && tile.naturalWidth) context.drawImage(tile, left, top, side + 0.5, side + 0.5);
      }
    }
  }

  function drawLand(looks, ratio) {
    const [w, h] = size();
    const flat = [view.scale * ratio, 0, 0, -view.scale * ratio, (w / 2 - view.x * view.scale) * ratio, (h / 2 + view.y * view.scale) * ratio];
    context.save();
    context.setTransform(...flat);
    context.fillStyle = looks.land;
    context.fill(land.coasts, "evenodd");
    context.lineWidth = 1 / view.scale;
    context.strokeStyle = looks.border;
    context.stroke(land.borders);
    context.strokeStyle = looks.coast;
    context.stroke(land.coasts);
    context.restore();
  }

  function drawCircles(circles, looks, some) {
    const layers = [[2, some ? looks.dimmed : looks.image], [4, looks.selected], [3, looks.hit]];
    for (const [column, colour] of layers) {
      context.beginPath();
      for (let i = 0; i < circles.length; i += CIRCLE) {
        if (!circles[i + column]) continue;
        const [left, top] = toScreen(circles[i], circles[i + 1]), size = radius(circles[i + column]) * (column === 3 ? 0.6 : 1);
        context.moveTo(left + size, top);
        context.arc(left, top, size, 0, 2 * Math.PI);
      }
      context.fillStyle = colour;
      context.fill();
      context.strokeStyle = looks.halo;
      context.lineWidth = 1;
      context.stroke();
    }
  }

  function drawScaleBar(looks) {
    const [, h] = size(), latitude = 2 * Math.atan(Math.exp(2 * Math.PI * view.y)) - Math.PI / 2;
    const metres = (100 * AROUND * Math.cos(latitude)) / view.scale, power = 10 ** Math.floor(Math.log10(metres));
    const length = power * [5, 2, 1].find((n) => n * power <= metres), wide = (100 * length) / metres;
    context.strokeStyle = context.fillStyle = looks.text;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(12, h - 18); context.lineTo(12, h - 12); context.lineTo(12 + wide, h - 12); context.lineTo(12 + wide, h - 18);
    context.stroke();
    context.font = "11px system-ui, sans-serif";
    context.fillText(length >= 1000 ? `${(length / 1000).toLocaleString("en")} km` : `${length} m`, 18 + wide, h - 11);
  }

  // draw(circles, some, focus, drawn, tiles): some: whether anything is selected; drawn: corners of a lasso or box
  function draw(circles, some, focus, drawn, address) {
    const [w, h] = size(), ratio = window.devicePixelRatio || 1;
    if (!w || !h) return;
    canvas.dataset.view = `${view.x} ${view.y} ${view.scale}`; // for those who draw on it by program
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) [canvas.width, canvas.height] = [Math.round(w * ratio), Math.round(h * ratio)];
    const style = getComputedStyle(canvas), own = (name) => style.getPropertyValue(`--wb-where-${name}`).trim();
    const looks = Object.fromEntries(["land", "border", "coast", "image", "dimmed", "hit", "selected", "halo", "text", "ring"].map((name) => [name, own(name)]));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, w, h);
    if (land) drawLand(looks, ratio);
    if (address !== server) { [server, came, failed] = [address, 0, 0]; tiles.clear(); }
    if (address) drawTiles(address);
    drawCircles(circles, looks, some);
    if (focus.length) {
      context.beginPath();
      context.arc(...toScreen(...focus), 11, 0, 2 * Math.PI);
      context.strokeStyle = looks.ring;
      context.lineWidth = 3;
      context.stroke();
    }
    if (drawn.length > 1) {
      context.beginPath();
      drawn.forEach((at, i) => context[i ? "lineTo" : "moveTo"](...toScreen(...at)));
      context.closePath();
      context.fillStyle = looks.selected;
      context.globalAlpha = 0.12;
      context.fill("evenodd");
      context.globalAlpha = 1;
      context.strokeStyle = looks.selected;
      context.lineWidth = 2;
      context.stroke();
    }
    drawScaleBar(looks);
  }
  return { view, zoom, clamp, draw, toWorld, size, silent: () => failed > 0 && !came, outline: (coasts, borders) => { land = { coasts, borders }; } };
}
