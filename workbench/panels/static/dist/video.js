// Built by esbuild 0.28.2 from dom.js folding.js format.js jupyterlab.js lazy.js panel.js video.js video_axis.js video_lanes.js video_player.js widgets.js sha256:9495560ae134044aea3bacd5fd68b099f22b2722cebc0c9f71e047013e7cccc4
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
var options = (choices) => choices.map(([value, text]) => h("option", { value }, text));
function focusOn(node) {
  if (node instanceof HTMLElement) node.focus();
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

// format.js
var number = (value) => (value ?? 0).toLocaleString("en");
var plural = (value, one = "", many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;
var clamp = (value, low, high) => Math.max(low, Math.min(high, value));

// lazy.js
var NEAR = 400;
var PAGES_KEPT = 12;
function lazyGrid({ grid, scroller, load, draw, page = 48, grown = () => {
} }) {
  const end = h("div", { class: "wb-end" });
  let loaded = 0;
  let total = 0;
  let run = 0;
  let loading = false;
  let waiting = null;
  const near = () => end.getBoundingClientRect().top < scroller.getBoundingClientRect().bottom + NEAR && grid.offsetParent;
  const isEdited = () => grid.querySelector("input.wb-rename") !== null;
  function makeReachable() {
    if (grid.querySelector('[data-key][tabindex="0"]')) return;
    grid.querySelector("[data-key]")?.setAttribute("tabindex", "0");
  }
  async function more() {
    if (loading || loaded >= total) return;
    loading = true;
    const mine = run;
    const got = await load(loaded, page);
    if (mine !== run) return;
    loading = false;
    const items = got.items ?? [];
    grid.append(...items.map(draw));
    loaded += items.length;
    total = items.length ? got.total : loaded;
    makeReachable();
    grown();
    if (near()) more();
  }
  async function restart(fromTop = false) {
    const again = () => restart(fromTop);
    if (isEdited()) {
      waiting = again;
      return;
    }
    const mine = ++run;
    loading = true;
    const got = await load(0, fromTop ? page : clamp(loaded, page, PAGES_KEPT * page));
    if (mine !== run || !got.items) return;
    loading = false;
    if (isEdited()) {
      waiting = again;
      return;
    }
    const active = activeIn(grid);
    const key = active?.dataset.key;
    const place = active ? [...grid.children].indexOf(active) : -1;
    grid.replaceChildren(...got.items.map(draw));
    loaded = got.items.length;
    total = got.total;
    if (fromTop) scroller.scrollTop = 0;
    const nodes = nodesOf(grid);
    if (active)
      reach(grid, nodes.find((node) => node.dataset.key === key) ?? nodes[Math.min(place, nodes.length - 1)]);
    makeReachable();
    grown();
    if (loaded < total && near()) more();
  }
  function edited() {
    const again = waiting;
    waiting = null;
    again?.();
  }
  const observer = new IntersectionObserver((entries) => entries[0].isIntersecting && more(), {
    root: scroller,
    rootMargin: `${NEAR}px`
  });
  observer.observe(end);
  scroller.addEventListener("scroll", () => near() && more(), { passive: true });
  grid.after(end);
  return { restart, edited };
}
var nodesOf = (grid) => (
  /** @type {HTMLElement[]} */
  [...grid.children]
);
function activeIn(grid) {
  const active = document.activeElement;
  return active && grid.contains(active) ? active.closest("[data-key]") : null;
}
function reach(grid, node) {
  for (const other of grid.querySelectorAll('[data-key][tabindex="0"]')) other.setAttribute("tabindex", "-1");
  node?.setAttribute("tabindex", "0");
  focusOn(node);
}
function stepTo(key, at, count, columns) {
  const steps = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: columns,
    ArrowUp: -columns,
    Home: -count,
    End: count
  };
  return key in steps ? clamp(at + steps[key], 0, count - 1) : null;
}
function walk(event, grid) {
  const here = (
    /** @type {HTMLElement} */
    event.target.closest("[data-key]")
  );
  if (!(here instanceof HTMLElement) || event.target !== here) return false;
  const nodes = nodesOf(grid);
  const top = nodes[0].offsetTop;
  const across = nodes.findIndex((node) => node.offsetTop !== top);
  const to = stepTo(event.key, nodes.indexOf(here), nodes.length, across < 1 ? nodes.length : across);
  if (to === null) return false;
  reach(grid, nodes[to]);
  return true;
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

// video_axis.js
var WIDE = 1e3;
var HIGH = 64;
var NEAR2 = 1e-4;
var STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];
function timecode(seconds, exact = true) {
  const all = Math.round(Math.max(0, seconds) * 1e3);
  const two = (n) => String(n).padStart(2, "0");
  const whole = Math.floor(all / 1e3);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (exact) return `${hours}:${two(minutes)}:${two(rest)}.${String(all % 1e3).padStart(3, "0")}`;
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
function ticks(duration, most) {
  if (!(duration > 0)) return [];
  const step = STEPS.find((one) => duration / one <= most) ?? 3600 * Math.ceil(duration / 3600 / most);
  const marks = [];
  for (let n = 0; n * step < duration - step * 0.3; n++) {
    const at = n * step;
    const text = step < 1 ? `${timecode(at, false)}.${Math.round(at % 1 * 10)}` : timecode(at, false);
    marks.push(
      /** @type {[number, string]} */
      [at / duration, text]
    );
  }
  return marks;
}
function curvePath(times, scores, { low, high, duration }) {
  const x = (t) => (WIDE * clamp(t, 0, duration) / (duration || 1)).toFixed(2);
  const y = (score) => (HIGH - 2 - (HIGH - 6) * clamp((score - low) / (high - low || 1), 0, 1)).toFixed(2);
  let line = "";
  let area = "";
  let open = false;
  times.forEach((t, i) => {
    const score = scores[i];
    if (score == null) {
      open = false;
      return;
    }
    const until = times[i + 1] ?? Math.max(duration, t);
    line += `${open ? "L" : "M"}${x(t)},${y(score)}H${x(until)}`;
    area += `M${x(t)},${HIGH}V${y(score)}H${x(until)}V${HIGH}Z`;
    open = true;
  });
  return { line, area };
}
var pieceOf = (t, length, duration) => clamp(Math.floor((t + NEAR2) / length), 0, Math.max(0, Math.ceil(duration / length - NEAR2) - 1));
function wantedPieces(t, way, { length, duration, has, ahead = 2 }) {
  const here = pieceOf(t, length, duration);
  const last = pieceOf(duration, length, duration);
  const wanted = [here];
  for (let n = 1; n <= (way ? ahead : 1); n++) wanted.push(here + (way < 0 ? -n : n));
  return wanted.filter((piece) => piece >= 0 && piece <= last && !has(piece));
}
function mergedTimes(lists) {
  const all = lists.flat().sort((a, b) => a - b);
  return all.filter((t, i) => i === 0 || t - all[i - 1] > NEAR2);
}
function frameAt(times, t) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = low + high >> 1;
    if (times[middle] <= t + NEAR2) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
function stepFrom(times, t, steps, { fps, duration }) {
  const here = frameAt(times, t);
  const there = times[here + steps];
  const length = 1 / (fps || 25);
  const known = here >= 0 && there != null && Math.abs(there - t) < Math.max(2, 4 * Math.abs(steps) * length);
  const at = known ? there : t + steps * length;
  return clamp(at, 0, Math.max(0, duration - NEAR2));
}
var faster = (speed, way) => speed * way > 0 ? clamp(speed * 2, -8, 8) : way;

// video_lanes.js
var COLOURS = ["#4c78d0", "#e08a2e", "#3f9b5f", "#c0507a", "#7d62c4", "#2c9aa8", "#a5743b", "#8a8f98"];
var MOST_TICKS = 8;
var share = (t, whole) => `${(100 * clamp(t, 0, whole) / whole).toFixed(3)}%`;
var span = (start, end) => `${timecode(start, false)}-${timecode(end, false)}`;
function bar(start, end, whole, more = {}) {
  const colour = more.colour ? `;background:${more.colour}` : "";
  const { colour: _, ...rest } = more;
  return h("i", {
    ...rest,
    style: `left:${share(start, whole)};width:calc(${share(end, whole)} - ${share(start, whole)})${colour}`
  });
}
function axisOf({ jump }) {
  const events = svg("g");
  const area = svg("path", { class: "wb-video-area" });
  const line = svg("path", { class: "wb-video-line" });
  const hits = svg("path", { class: "wb-video-hits" });
  const nothing = h("p");
  const plot = h(
    "div",
    { class: "wb-video-plot" },
    svg(
      "svg",
      { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      events,
      area,
      line,
      hits
    ),
    nothing
  );
  const people = h("div", { style: "display:contents" });
  const marks = h("div", { class: "wb-video-marks" });
  const scale = h("div", { class: "wb-video-ticks", "aria-hidden": "true" });
  const head = h("i");
  const hover = h("i", { class: "wb-video-hover" });
  const tip = h("div", { class: "wb-video-tip", role: "status" });
  const label = (text, title = text) => h("div", { class: "wb-video-label", title }, text);
  const axis = h(
    "div",
    {
      class: "wb-video-axis",
      tabindex: "0",
      role: "slider",
      "aria-label": "Time in the video. Arrow keys step frames, Home and End lead to its ends.",
      "aria-valuemin": "0"
    },
    label("score"),
    plot,
    people,
    label("marks"),
    marks,
    h("div"),
    scale,
    h("div", { class: "wb-video-heads" }, hover, head)
  );
  let shown2 = { video: {}, curve: {}, people: [], marks: [-1, -1] };
  let dragged = false;
  const whole = () => shown2.video.duration || Math.max(1, (shown2.video.times?.at(-1) ?? 0) + 1);
  function drawCurve() {
    const { curve, video } = shown2;
    const duration = whole();
    const x = (t) => WIDE * t / duration;
    const asked = curve.scores != null;
    const { line: path, area: below } = curvePath(video.times ?? [], curve.scores ?? [], {
      low: curve.low ?? 0,
      high: curve.high ?? 1,
      duration
    });
    line.setAttribute("d", path);
    area.setAttribute("d", below);
    hits.setAttribute(
      "d",
      (curve.hits ?? []).map((i) => `M${x(video.times[i]).toFixed(2)},${HIGH}v-7`).join("")
    );
    const spans = (curve.ranges ?? []).map(
      ([start, end, score]) => svg("rect", {
        class: "wb-video-event",
        opacity: clamp((score - curve.low) / (curve.high - curve.low), 0.15, 1).toFixed(2),
        x: x(start),
        width: Math.max(1, x(end) - x(start)),
        y: 0,
        height: HIGH
      })
    );
    events.replaceChildren(...spans);
    nothing.hidden = asked;
    setText(nothing, "Ask in the query box, and its score over the video is drawn here.");
  }
  function drawPeople() {
    const lanes = shown2.people.flatMap((person, n) => [
      label(person.name, `${person.name}: ${plural(person.spans.length, "range")}`),
      h(
        "div",
        { class: "wb-video-lane" },
        ...person.spans.map(
          ([start, end, frames]) => bar(start, end, whole(), {
            colour: COLOURS[n % COLOURS.length],
            title: [person.name, span(start, end), plural(frames, "frame")].join(", ")
          })
        )
      )
    ]);
    people.replaceChildren(...lanes);
  }
  function drawMarks() {
    const [start, end] = shown2.marks;
    const none = start < 0 && end < 0;
    marks.replaceChildren(...none ? [] : [bar(Math.max(0, start), end < 0 ? whole() : end, whole())]);
  }
  const timeAt = (event) => {
    const box = plot.getBoundingClientRect();
    return clamp((event.clientX - box.left) / box.width, 0, 1) * whole();
  };
  function told(t) {
    const { curve, video, people: lanes } = shown2;
    const parts = [timecode(t)];
    const i = frameAt(video.times ?? [], t);
    if (curve.scores?.[i] != null) parts.push(`score ${curve.scores[i].toFixed(2)}`);
    const event = (curve.ranges ?? []).find(([start, end]) => start <= t && t < end);
    if (event) parts.push(`event ${span(event[0], event[1])}, ${plural(event[3], "frame")}`);
    const seen = lanes.filter(
      (person) => person.spans.some(([start, end]) => start <= t && t < end)
    );
    if (seen.length) parts.push(seen.map((person) => person.name).join(", "));
    return parts.join(" · ");
  }
  axis.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    dragged = true;
    axis.setPointerCapture(event.pointerId);
    axis.focus();
    jump(timeAt(event));
    event.preventDefault();
  });
  axis.addEventListener("pointermove", (event) => {
    const t = timeAt(event);
    hover.style.left = share(t, whole());
    hover.hidden = false;
    setText(tip, told(t));
    if (dragged) jump(t);
  });
  for (const name of ["pointerup", "pointercancel"])
    axis.addEventListener(name, () => {
      dragged = false;
    });
  axis.addEventListener("pointerleave", () => {
    hover.hidden = true;
    setText(tip, "");
  });
  hover.hidden = true;
  return {
    node: h("div", {}, axis, tip),
    axis,
    /** @param {any} next the traits that are drawn: video, curve, people, marks */
    draw(next) {
      shown2 = next;
      axis.setAttribute("aria-valuemax", String(whole()));
      drawCurve();
      drawPeople();
      drawMarks();
      const places = ticks(whole(), MOST_TICKS).map(
        ([at, text]) => h("span", { style: `left:${(100 * at).toFixed(3)}%` }, text)
      );
      scale.replaceChildren(...places);
    },
    /** @param {number} t the time that is seen */
    moveTo(t) {
      head.style.left = share(t, whole());
      axis.setAttribute("aria-valuenow", t.toFixed(3));
      axis.setAttribute("aria-valuetext", told(t));
    }
  };
}

// video_player.js
var KINDS = [
  ["mp4", 'video/mp4; codecs="avc1.4d4028, mp4a.40.2"'],
  ["webm", 'video/webm; codecs="vp8, opus"']
];
var INSIDE = 1e-3;
var MOST = 18;
var TICK = 80;
function playable() {
  if (!("MediaSource" in window)) return "";
  return KINDS.find(([, mime]) => MediaSource.isTypeSupported(mime))?.[0] ?? "";
}
function player(screen, on) {
  const format = playable();
  let video = { file: "", duration: 0, segment: 10, fps: 25 };
  let pieces = /* @__PURE__ */ new Map();
  let waiting = [];
  let refused = /* @__PURE__ */ new Set();
  let source = null;
  let buffer = null;
  let speed = 0;
  let target = 0;
  let asked = "";
  let timer = 0;
  let times = [];
  const has = (n) => pieces.has(n) || refused.has(n) || waiting.some((one) => one.number === n);
  const pieceAt = (t) => pieceOf(t, video.segment, video.duration);
  const isThere = (t) => pieces.has(pieceAt(t));
  function want() {
    if (!video.file || !format) return;
    const wanted = wantedPieces(target, Math.sign(speed), {
      length: video.segment,
      duration: video.duration,
      has
    });
    const key = wanted.join();
    if (key === asked) return;
    asked = key;
    on.want(wanted, format);
  }
  function append() {
    if (source?.readyState !== "open" || buffer?.updating) return;
    const far = [...pieces.keys()].sort(
      (a, b) => Math.abs(b - pieceAt(target)) - Math.abs(a - pieceAt(target))
    )[0];
    if (buffer && pieces.size > MOST && far != null) {
      const gone = pieces.get(far);
      pieces.delete(far);
      known();
      if (gone) buffer.remove(gone.start, gone.end);
      return;
    }
    const next = waiting.shift();
    if (!next) return;
    try {
      if (!buffer) {
        buffer = source.addSourceBuffer(next.facts.mime);
        buffer.addEventListener("updateend", appended);
        source.duration = video.duration;
      }
      buffer.timestampOffset = next.facts.start;
      buffer.appendWindowStart = 0;
      buffer.appendBuffer(
        /** @type {any} */
        next.bytes
      );
      pieces.set(next.number, next.facts);
      known();
    } catch (error) {
      refused.add(next.number);
      on.fail(`The browser cannot play this piece of the video: ${error}`);
    }
  }
  function known() {
    times = mergedTimes([...pieces.values()].map((piece) => piece.times));
  }
  function appended() {
    append();
    place();
    want();
    on.change();
  }
  function place() {
    if (!isThere(target) || buffer?.updating) return;
    const at = Math.min(target + INSIDE, Math.max(0, video.duration - INSIDE));
    if (speed <= 0 && Math.abs(screen.currentTime - at) > INSIDE / 2) screen.currentTime = at;
    if (speed > 0 && screen.paused) start();
  }
  function start() {
    screen.currentTime = target + INSIDE;
    screen.playbackRate = speed;
    screen.play().catch((error) => {
      if (error.name === "AbortError") return;
      halt();
      on.fail(`The browser does not play it: ${error.message}`);
    });
  }
  function halt() {
    clearInterval(timer);
    speed = 0;
    screen.pause();
    on.change();
  }
  function seek(t) {
    target = clamp(t, 0, Math.max(0, video.duration - INSIDE));
    asked = "";
    if (speed > 0 && !screen.paused && isThere(target)) screen.currentTime = target + INSIDE;
    else {
      if (speed > 0) screen.pause();
      place();
    }
    want();
    on.change();
  }
  function back() {
    if (!isThere(target)) {
      want();
      return;
    }
    const to = target + speed * TICK / 1e3;
    if (to <= 0) {
      halt();
      seek(0);
    } else if (!screen.seeking) seek(to);
  }
  function run(next) {
    clearInterval(timer);
    speed = next;
    if (next > 0) {
      if (target >= video.duration - 0.05) target = 0;
      if (isThere(target)) {
        if (screen.paused) start();
        else screen.playbackRate = next;
      }
    } else {
      screen.pause();
      if (next < 0) timer = window.setInterval(back, TICK);
    }
    asked = "";
    want();
    on.change();
  }
  screen.addEventListener("timeupdate", () => {
    if (speed > 0 && !screen.seeking && isThere(screen.currentTime)) target = Math.max(0, screen.currentTime);
    want();
    on.change();
  });
  screen.addEventListener("ended", halt);
  screen.addEventListener("waiting", () => want());
  screen.addEventListener("seeked", () => on.change());
  screen.addEventListener("error", () => {
    if (video.file && screen.src)
      on.fail(`The browser cannot play this video: ${screen.error?.message ?? ""}`);
  });
  return {
    /**
     * Play another video from now on.
     * @param {{ file: string, duration: number, segment: number, fps: number }} next
     */
    open(next) {
      halt();
      URL.revokeObjectURL(screen.src);
      video = next;
      [pieces, waiting, refused, times, buffer, asked] = [/* @__PURE__ */ new Map(), [], /* @__PURE__ */ new Set(), [], null, ""];
      if (!format) return;
      source = new MediaSource();
      source.addEventListener("sourceopen", append, { once: true });
      screen.src = URL.createObjectURL(source);
    },
    close() {
      halt();
      video = { ...video, file: "" };
      URL.revokeObjectURL(screen.src);
      screen.removeAttribute("src");
    },
    /** @param {any} facts @param {DataView | undefined} bytes */
    take(facts, bytes) {
      if (facts.video !== video.file) return;
      if (facts.reason || !bytes) {
        refused.add(facts.number);
        if (facts.number === pieceAt(target)) on.fail(facts.reason);
      } else if (!pieces.has(facts.number)) waiting.push({ number: facts.number, facts, bytes });
      append();
    },
    seek,
    run,
    /** @param {number} steps */
    step(steps) {
      halt();
      seek(stepFrom(times, target, steps, video));
    },
    get format() {
      return format;
    },
    get speed() {
      return speed;
    },
    /** The time at which the frame that is seen begins. */
    get at() {
      const here = frameAt(times, target);
      return isThere(target) && here >= 0 && target - times[here] < video.segment ? times[here] : target;
    },
    /** Whether what is to be seen is still on its way. */
    get loading() {
      return Boolean(video.file && format && !isThere(target) && !refused.has(pieceAt(target)));
    },
    get shown() {
      return isThere(target) && screen.readyState >= 2;
    }
  };
}

// video.js
var REPORT = 250;
var PAGE = 48;
function download(name, bytes, type) {
  const link = h("a", {
    download: name,
    href: URL.createObjectURL(new Blob([
      /** @type {any} */
      bytes
    ], { type }))
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1e4);
}
function render({ model, el }) {
  const ask = asker(model);
  const set = setter(model);
  let file = "";
  let still = "";
  let opening = "";
  const screen = h("video", { playsinline: true, preload: "auto", "aria-hidden": "true" });
  const poster = h("img", { alt: "", draggable: "false" });
  const loading = h("div", { class: "wb-video-loading wb-busy" }, "Cutting this part of the video");
  const rate = h("div", { class: "wb-video-speed" });
  const stage = h(
    "div",
    { class: "wb-video-stage", tabindex: "0", role: "group", "aria-label": "Video" },
    screen,
    poster,
    loading,
    rate
  );
  const failed = h("div", { class: "wb-error", role: "alert", hidden: true });
  const play = player(screen, {
    want: (numbers, format) => ask("want", { file, numbers, format }),
    change: () => draw(),
    fail: (why) => {
      setText(failed, why);
      failed.hidden = false;
    }
  });
  const axis = axisOf({ jump: (t) => play.seek(t) });
  const choice = h("select", {
    "aria-label": "Video",
    title: "Open a video",
    onchange: () => ask("choose", { file: choice.value })
  });
  const time = h("span", { class: "wb-video-time" });
  const clip = () => ask("clip", { at: play.at, format: "mp4" });
  const isOpen = () => file !== "" && opening === file && file === model.get("video").file;
  const report = debounced(() => {
    if (isOpen() && play.at !== model.get("at")) set("at", play.at);
  }, REPORT);
  const reverse = button("◀◀", "Play backward, again for faster (J)", () => play.run(faster(play.speed, -1)));
  const toggle = button("▶", "Play (L or Space)", () => play.run(play.speed ? 0 : 1), void 0, {
    class: "wb-main"
  });
  const forward = button("▶▶", "Play faster (L)", () => play.run(faster(play.speed, 1)));
  const mute = button(
    "Sound on",
    "Turn the sound on or off (M)",
    () => {
      screen.muted = !screen.muted;
      draw();
    },
    false
  );
  const group = (name, ...nodes) => h("div", { class: "wb-group", role: "group", "aria-label": name }, ...nodes);
  const start = button("In", "Mark where a clip begins (I)", () => mark(0));
  const end = button("Out", "Mark where it ends (O)", () => mark(1));
  const unmark = button(
    "✕",
    "Take the marks away (X)",
    () => ask("mark", { start: -1, end: -1 }),
    void 0,
    {
      "aria-label": "Take the marks away"
    }
  );
  const tools = h(
    "div",
    { class: "wb-row wb-video-tools" },
    group(
      "Play",
      reverse,
      button("‹", "One frame back (left arrow)", () => play.step(-1), void 0, {
        "aria-label": "One frame back"
      }),
      toggle,
      button("›", "One frame on (right arrow)", () => play.step(1), void 0, {
        "aria-label": "One frame on"
      }),
      forward
    ),
    mute,
    group("Marks", start, end, unmark),
    group(
      "This frame",
      button(
        "Focus here",
        "Look at the known frame nearest to what is seen (F)",
        () => ask("focus", { at: play.at })
      ),
      button(
        "≈ like this frame",
        "Search for images like the very frame that is seen",
        () => ask("like", { at: play.at })
      )
    ),
    group(
      "Export",
      button("Clip", "Export the clip between the marks, or the event, as MP4", clip),
      button("PNG", "Export the very frame that is seen, exact, as PNG", () => exact("png")),
      button("JPEG", "Export the very frame that is seen as JPEG", () => exact("jpeg")),
      button("CSV", "Export the ranges that were found in this video as CSV", ranges)
    )
  );
  const sheetButton = button(
    "Contact sheet",
    "All chosen frames of the video at a glance",
    () => {
      sheet.hidden = !sheet.hidden;
      if (!sheet.hidden) list.restart(true);
      draw();
    },
    false
  );
  const exporting = h("div", { class: "wb-row" }, status(model, "working", "trouble"));
  const cancel = button("Cancel", "Stop cutting the clip", () => ask("cancel"));
  exporting.append(cancel);
  function mark(which) {
    const [first, last] = model.get("marks");
    const at = play.at;
    if (which === 0) ask("mark", { start: at, end: last > at ? last : -1 });
    else ask("mark", { start: first < at ? first : -1, end: at });
  }
  async function exact(kind) {
    const [answer, [bytes]] = await ask("exact", { at: play.at, kind });
    if (bytes) download(answer.name, bytes, `image/${kind}`);
  }
  async function ranges() {
    const [answer, [bytes]] = await ask("ranges");
    if (bytes) download(answer.name, bytes, "text/csv");
  }
  const grid = h("div", { class: "wb-grid", role: "listbox", "aria-label": "Frames of the video" });
  const sheet = h("div", { class: "wb-video-sheet", hidden: true }, grid);
  const list = lazyGrid({
    grid,
    scroller: sheet,
    page: PAGE,
    draw: (item) => {
      const picture = h("img", { alt: "", draggable: "false" });
      showPicture(picture, item.thumbnail);
      const label = timecode(item.t);
      return h(
        "div",
        {
          class: "wb-video-frame",
          role: "option",
          tabindex: "-1",
          "data-key": item.row,
          "data-t": item.t,
          "aria-label": `Frame at ${label}`,
          onclick: () => play.seek(item.t)
        },
        picture,
        label
      );
    },
    grown: () => draw(),
    load: async (first, count) => {
      const [answer, buffers] = await ask("sheet", { start: first, count });
      answer.items?.forEach((item, i) => {
        item.thumbnail = buffers[i];
      });
      return answer;
    }
  });
  grid.addEventListener("keydown", (event) => {
    const here = (
      /** @type {HTMLElement} */
      event.target.closest(".wb-video-frame")
    );
    if (!(here instanceof HTMLElement)) return;
    if (event.key === "Enter" || event.key === " ") play.seek(Number(here.dataset.t));
    else if (!walk(event, grid)) return;
    consume(event);
  });
  const keys = {
    j: () => play.run(faster(play.speed, -1)),
    k: () => play.run(0),
    l: () => play.run(faster(play.speed, 1)),
    i: () => mark(0),
    o: () => mark(1),
    x: () => ask("mark", { start: -1, end: -1 }),
    f: () => ask("focus", { at: play.at }),
    m: () => mute.click(),
    arrowleft: (event) => event.shiftKey ? play.seek(play.at - 1) : play.step(-1),
    arrowright: (event) => event.shiftKey ? play.seek(play.at + 1) : play.step(1),
    home: () => play.seek(0),
    end: () => play.seek(model.get("video").duration ?? 0),
    " ": () => play.run(play.speed ? 0 : 1)
  };
  const body = h("div", { class: "wb-video-body" });
  body.addEventListener("keydown", (event) => {
    const target = (
      /** @type {HTMLElement} */
      event.target
    );
    const act = keys[event.key.toLowerCase()];
    if (!act || !file || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target instanceof HTMLSelectElement || event.key === " " && target instanceof HTMLButtonElement)
      return;
    act(event);
    consume(event);
  });
  function draw() {
    const { duration } = model.get("video");
    const at = isOpen() ? play.at : model.get("at");
    time.replaceChildren(timecode(at), h("small", {}, ` / ${duration ? timecode(duration, false) : "…"}`));
    loading.hidden = !play.loading;
    poster.hidden = play.shown || !still;
    rate.hidden = play.speed === 0 || play.speed === 1;
    setText(rate, `${play.speed < 0 ? "◀ " : ""}${Math.abs(play.speed)}×`);
    setText(toggle, play.speed ? "❚❚" : "▶");
    toggle.setAttribute("aria-label", play.speed ? "Pause" : "Play");
    toggle.title = play.speed ? "Pause (K or Space)" : "Play (L or Space)";
    mute.setAttribute("aria-pressed", String(screen.muted));
    setText(mute, screen.muted ? "Sound off" : "Sound on");
    mute.hidden = !model.get("video").sound;
    sheetButton.setAttribute("aria-pressed", String(!sheet.hidden));
    cancel.hidden = !model.get("working");
    exporting.hidden = !model.get("working") && !model.get("trouble");
    axis.moveTo(at);
    markSheet(at);
    report();
  }
  function markSheet(at) {
    if (sheet.hidden) return;
    const nodes = nodesOf(grid);
    const here = nodes.filter((node) => Number(node.dataset.t) <= at + 1e-4).length - 1;
    nodes.forEach((node, i) => {
      node.setAttribute("aria-selected", String(i === here));
    });
  }
  async function drawStill() {
    const [, [jpeg]] = await ask("still", { at: model.get("at") });
    still = jpeg?.byteLength ? "there" : "";
    replacePicture(poster, jpeg);
    draw();
  }
  function drawAxis() {
    axis.draw({
      video: model.get("video"),
      curve: model.get("curve"),
      people: model.get("people"),
      marks: model.get("marks")
    });
    stage.setAttribute("aria-label", `Video. ${model.get("text")}`);
    draw();
  }
  function drawChoice() {
    const choices = model.get("choices");
    const { file: now = "", path = "" } = model.get("video");
    const listed = choices.some(([one]) => one === now);
    const all = [
      ...now ? [] : [["", "Choose a video"]],
      ...choices,
      ...now && !listed ? [[now, path]] : []
    ];
    choice.replaceChildren(...options(all));
    choice.value = now;
  }
  async function open() {
    const video = model.get("video");
    const opened = Boolean(video.file);
    setText(
      none,
      model.get("choices").length ? "No video in focus: click a frame of a video in the gallery or on the map, or choose one." : "No video in focus: none of the images of this case is a frame of a video."
    );
    none.hidden = opened;
    choice.hidden = !model.get("choices").length;
    for (const node of [stage, axis.node, tools, foot, time]) node.hidden = !opened;
    drawChoice();
    if (!opened || !model.get("unfolded")) return;
    if (video.file !== file) {
      play.close();
      [file, still] = [video.file, ""];
      failed.hidden = true;
      if (!sheet.hidden) list.restart(true);
      drawStill();
      ask("open", { file });
    }
    if (video.duration && video.segment && video.file === file && opening !== file) {
      opening = file;
      play.open({ ...video });
      play.seek(model.get("at"));
      if (!play.format)
        setText(failed, "This browser plays neither MP4 nor WebM in pieces. Stills can be exported.");
      failed.hidden = Boolean(play.format);
    }
    drawAxis();
  }
  model.on("msg:custom", (message, buffers) => {
    if (message.segment) play.take(message.segment, buffers[0]);
    if (message.exported) download(message.exported.name, buffers[0], message.exported.mime);
  });
  model.on("change:at", () => {
    if (isOpen() && model.get("at") !== play.at) {
      play.seek(model.get("at"));
      if (!play.shown) drawStill();
    }
  });
  model.on("change:video change:unfolded change:choices", open);
  model.on("change:curve change:people change:marks change:text", drawAxis);
  model.on("change:working change:trouble", draw);
  const none = h("p", { class: "wb-video-none" });
  const foot = h("div", { class: "wb-row" }, sheetButton, exporting);
  const head = h("div", { class: "wb-row wb-video-head" }, choice, h("span", { class: "wb-space" }), time);
  body.append(head, none, stage, failed, tools, axis.node, foot, sheet, status(model));
  const hint = h(
    "span",
    { class: "wb-quiet" },
    "Play what was found, with its score and its people over time"
  );
  const fold = foldDetails(model, (on) => ask("unfold", { on }), ["Video", hint], body);
  fill(el, "wb-video", fold);
  open();
  return () => play.close();
}
var video_default = { render };
export {
  video_default as default
};
