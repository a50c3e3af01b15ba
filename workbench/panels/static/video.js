// @ts-check
// Video: the player, the score curve and the people on one axis of time, marks, exports, a contact sheet.

import { button, debounced, h, options, replacePicture, setText, showPicture } from "./dom.js";
import { foldDetails } from "./folding.js";
import { consume } from "./jupyterlab.js";
import { lazyGrid, nodesOf, walk } from "./lazy.js";
import { asker, fill, setter, status } from "./panel.js";
import { faster, timecode } from "./video_axis.js";
import { axisOf } from "./video_lanes.js";
import { player } from "./video_player.js";

const REPORT = 250; // milliseconds between two reports to Python of the time that is seen
const PAGE = 48;

/**
 * Hand bytes to the browser as a file.
 * @param {string} name
 * @param {DataView} bytes
 * @param {string} type
 */
function download(name, bytes, type) {
  const link = h("a", {
    download: name,
    href: URL.createObjectURL(new Blob([/** @type {any} */ (bytes)], { type })),
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @param {import("./types.js").View} view */
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
    rate,
  );
  const failed = h("div", { class: "wb-error", role: "alert", hidden: true });
  const play = player(screen, {
    want: (numbers, format) => ask("want", { file, numbers, format }),
    change: () => draw(),
    fail: (why) => {
      setText(failed, why);
      failed.hidden = false;
    },
  });
  const axis = axisOf({ jump: (t) => play.seek(t) });
  /** @type {HTMLSelectElement} */
  const choice = h("select", {
    "aria-label": "Video",
    title: "Open a video",
    onchange: () => ask("choose", { file: choice.value }),
  });
  const time = h("span", { class: "wb-video-time" });
  const clip = () => ask("clip", { at: play.at, format: "mp4" });

  /** Whether the player plays what is open in Python: until then the time is that of Python. */
  const isOpen = () => file !== "" && opening === file && file === model.get("video").file;

  const report = debounced(() => {
    if (isOpen() && play.at !== model.get("at")) set("at", play.at);
  }, REPORT);

  // -- tools -------------------------------------------------------------------------------------------

  const reverse = button("◀◀", "Play backward, again for faster (J)", () => play.run(faster(play.speed, -1)));
  const toggle = button("▶", "Play (L or Space)", () => play.run(play.speed ? 0 : 1), undefined, {
    class: "wb-main",
  });
  const forward = button("▶▶", "Play faster (L)", () => play.run(faster(play.speed, 1)));
  const mute = button(
    "Sound on",
    "Turn the sound on or off (M)",
    () => {
      screen.muted = !screen.muted;
      draw();
    },
    false,
  );
  const group = (/** @type {string} */ name, /** @type {Node[]} */ ...nodes) =>
    h("div", { class: "wb-group", role: "group", "aria-label": name }, ...nodes);
  const start = button("In", "Mark where a clip begins (I)", () => mark(0));
  const end = button("Out", "Mark where it ends (O)", () => mark(1));
  const unmark = button(
    "✕",
    "Take the marks away (X)",
    () => ask("mark", { start: -1, end: -1 }),
    undefined,
    {
      "aria-label": "Take the marks away",
    },
  );
  const tools = h(
    "div",
    { class: "wb-row wb-video-tools" },
    group(
      "Play",
      reverse,
      button("‹", "One frame back (left arrow)", () => play.step(-1), undefined, {
        "aria-label": "One frame back",
      }),
      toggle,
      button("›", "One frame on (right arrow)", () => play.step(1), undefined, {
        "aria-label": "One frame on",
      }),
      forward,
    ),
    mute,
    group("Marks", start, end, unmark),
    group(
      "This frame",
      button("Focus here", "Look at the known frame nearest to what is seen (F)", () =>
        ask("focus", { at: play.at }),
      ),
      button("≈ like this frame", "Search for images like the very frame that is seen", () =>
        ask("like", { at: play.at }),
      ),
    ),
    group(
      "Export",
      button("Clip", "Export the clip between the marks, or the event, as MP4", clip),
      button("PNG", "Export the very frame that is seen, exact, as PNG", () => exact("png")),
      button("JPEG", "Export the very frame that is seen as JPEG", () => exact("jpeg")),
      button("CSV", "Export the ranges that were found in this video as CSV", ranges),
    ),
  );
  const sheetButton = button(
    "Contact sheet",
    "All chosen frames of the video at a glance",
    () => {
      sheet.hidden = !sheet.hidden;
      if (!sheet.hidden) list.restart(true);
      draw();
    },
    false,
  );
  const exporting = h("div", { class: "wb-row" }, status(model, "working", "trouble"));
  const cancel = button("Cancel", "Stop cutting the clip", () => ask("cancel"));
  exporting.append(cancel);

  /** @param {number} which 0 for the in mark, 1 for the out mark */
  function mark(which) {
    const [first, last] = model.get("marks");
    const at = play.at;
    if (which === 0) ask("mark", { start: at, end: last > at ? last : -1 });
    else ask("mark", { start: first < at ? first : -1, end: at });
  }

  /** @param {string} kind */
  async function exact(kind) {
    const [answer, [bytes]] = await ask("exact", { at: play.at, kind });
    if (bytes) download(answer.name, bytes, `image/${kind}`);
  }

  async function ranges() {
    const [answer, [bytes]] = await ask("ranges");
    if (bytes) download(answer.name, bytes, "text/csv");
  }

  // -- contact sheet -----------------------------------------------------------------------------------

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
          onclick: () => play.seek(item.t),
        },
        picture,
        label,
      );
    },
    grown: () => draw(),
    load: async (first, count) => {
      const [answer, buffers] = await ask("sheet", { start: first, count });
      answer.items?.forEach((/** @type {any} */ item, /** @type {number} */ i) => {
        item.thumbnail = buffers[i];
      });
      return answer;
    },
  });
  grid.addEventListener("keydown", (event) => {
    const here = /** @type {HTMLElement} */ (event.target).closest(".wb-video-frame");
    if (!(here instanceof HTMLElement)) return;
    if (event.key === "Enter" || event.key === " ") play.seek(Number(here.dataset.t));
    else if (!walk(event, grid)) return;
    consume(event);
  });

  // -- keys --------------------------------------------------------------------------------------------

  /** @type {Record<string, (event: KeyboardEvent) => void>} */
  const keys = {
    j: () => play.run(faster(play.speed, -1)),
    k: () => play.run(0),
    l: () => play.run(faster(play.speed, 1)),
    i: () => mark(0),
    o: () => mark(1),
    x: () => ask("mark", { start: -1, end: -1 }),
    f: () => ask("focus", { at: play.at }),
    m: () => mute.click(),
    arrowleft: (event) => (event.shiftKey ? play.seek(play.at - 1) : play.step(-1)),
    arrowright: (event) => (event.shiftKey ? play.seek(play.at + 1) : play.step(1)),
    home: () => play.seek(0),
    end: () => play.seek(model.get("video").duration ?? 0),
    " ": () => play.run(play.speed ? 0 : 1),
  };
  const body = h("div", { class: "wb-video-body" });
  body.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const act = keys[event.key.toLowerCase()];
    if (!act || !file || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target instanceof HTMLSelectElement || (event.key === " " && target instanceof HTMLButtonElement))
      return;
    act(event);
    consume(event);
  });

  // -- drawing -----------------------------------------------------------------------------------------

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

  /** @param {number} at */
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
      marks: model.get("marks"),
    });
    stage.setAttribute("aria-label", `Video. ${model.get("text")}`);
    draw();
  }

  function drawChoice() {
    const choices = model.get("choices");
    const { file: now = "", path = "" } = model.get("video");
    const listed = choices.some((/** @type {string[]} */ [one]) => one === now);
    const all = [
      ...(now ? [] : [["", "Choose a video"]]),
      ...choices,
      ...(now && !listed ? [[now, path]] : []),
    ];
    choice.replaceChildren(...options(all));
    choice.value = now;
  }

  async function open() {
    const video = model.get("video");
    const opened = Boolean(video.file);
    setText(
      none,
      model.get("choices").length
        ? "No video in focus: click a frame of a video in the gallery or on the map, or choose one."
        : "No video in focus: none of the images of this case is a frame of a video.",
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
    "Play what was found, with its score and its people over time",
  );
  const fold = foldDetails(model, (on) => ask("unfold", { on }), ["Video", hint], body);
  fill(el, "wb-video", fold);
  open();
  return () => play.close();
}

export default { render };
