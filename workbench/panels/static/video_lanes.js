// @ts-check
// The axis of a video: the score curve of the query, the people seen, the marks and the times, one below the
// other; a click anywhere jumps there.

import { h, setText, svg } from "./dom.js";
import { clamp, plural } from "./format.js";
import { curvePath, frameAt, HIGH, ticks, timecode, WIDE } from "./video_axis.js";

const COLOURS = ["#4c78d0", "#e08a2e", "#3f9b5f", "#c0507a", "#7d62c4", "#2c9aa8", "#a5743b", "#8a8f98"];
const MOST_TICKS = 8;

const share = (/** @type {number} */ t, /** @type {number} */ whole) =>
  `${((100 * clamp(t, 0, whole)) / whole).toFixed(3)}%`;

const span = (/** @type {number} */ start, /** @type {number} */ end) =>
  `${timecode(start, false)}-${timecode(end, false)}`;

/**
 * A bar from one time to another.
 * @param {number} start
 * @param {number} end
 * @param {number} whole
 * @param {import("./types.js").Attributes} [more]
 */
function bar(start, end, whole, more = {}) {
  const colour = more.colour ? `;background:${more.colour}` : "";
  const { colour: _, ...rest } = more;
  return h("i", {
    ...rest,
    style: `left:${share(start, whole)};width:calc(${share(end, whole)} - ${share(start, whole)})${colour}`,
  });
}

/** @param {{ jump: (t: number) => void }} on */
export function axisOf({ jump }) {
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
      hits,
    ),
    nothing,
  );
  const people = h("div", { style: "display:contents" });
  const marks = h("div", { class: "wb-video-marks" });
  const scale = h("div", { class: "wb-video-ticks", "aria-hidden": "true" });
  const head = h("i");
  const hover = h("i", { class: "wb-video-hover" });
  const tip = h("div", { class: "wb-video-tip", role: "status" });
  const label = (/** @type {string} */ text, title = text) =>
    h("div", { class: "wb-video-label", title }, text);
  const axis = h(
    "div",
    {
      class: "wb-video-axis",
      tabindex: "0",
      role: "slider",
      "aria-label": "Time in the video. Arrow keys step frames, Home and End lead to its ends.",
      "aria-valuemin": "0",
    },
    label("score"),
    plot,
    people,
    label("marks"),
    marks,
    h("div"),
    scale,
    h("div", { class: "wb-video-heads" }, hover, head),
  );
  /** @type {any} */
  let shown = { video: {}, curve: {}, people: [], marks: [-1, -1] };
  let dragged = false;

  const whole = () => shown.video.duration || Math.max(1, (shown.video.times?.at(-1) ?? 0) + 1);

  function drawCurve() {
    const { curve, video } = shown;
    const duration = whole();
    const x = (/** @type {number} */ t) => (WIDE * t) / duration;
    const asked = curve.scores != null;
    const { line: path, area: below } = curvePath(video.times ?? [], curve.scores ?? [], {
      low: curve.low ?? 0,
      high: curve.high ?? 1,
      duration,
    });
    line.setAttribute("d", path);
    area.setAttribute("d", below);
    hits.setAttribute(
      "d",
      (curve.hits ?? [])
        .map((/** @type {number} */ i) => `M${x(video.times[i]).toFixed(2)},${HIGH}v-7`)
        .join(""),
    );
    const spans = (curve.ranges ?? []).map((/** @type {number[]} */ [start, end, score]) =>
      svg("rect", {
        class: "wb-video-event",
        opacity: clamp((score - curve.low) / (curve.high - curve.low), 0.15, 1).toFixed(2),
        x: x(start),
        width: Math.max(1, x(end) - x(start)),
        y: 0,
        height: HIGH,
      }),
    );
    events.replaceChildren(...spans);
    nothing.hidden = asked;
    setText(nothing, "Ask in the query box, and its score over the video is drawn here.");
  }

  function drawPeople() {
    const lanes = shown.people.flatMap((/** @type {any} */ person, /** @type {number} */ n) => [
      label(person.name, `${person.name}: ${plural(person.spans.length, "range")}`),
      h(
        "div",
        { class: "wb-video-lane" },
        ...person.spans.map((/** @type {number[]} */ [start, end, frames]) =>
          bar(start, end, whole(), {
            colour: COLOURS[n % COLOURS.length],
            title: [person.name, span(start, end), plural(frames, "frame")].join(", "),
          }),
        ),
      ),
    ]);
    people.replaceChildren(...lanes);
  }

  function drawMarks() {
    const [start, end] = shown.marks;
    const none = start < 0 && end < 0;
    marks.replaceChildren(...(none ? [] : [bar(Math.max(0, start), end < 0 ? whole() : end, whole())]));
  }

  const timeAt = (/** @type {MouseEvent} */ event) => {
    const box = plot.getBoundingClientRect();
    return clamp((event.clientX - box.left) / box.width, 0, 1) * whole();
  };

  /** @param {number} t what there is at a time, in words */
  function told(t) {
    const { curve, video, people: lanes } = shown;
    const parts = [timecode(t)];
    const i = frameAt(video.times ?? [], t);
    if (curve.scores?.[i] != null) parts.push(`score ${curve.scores[i].toFixed(2)}`);
    const event = (curve.ranges ?? []).find((/** @type {number[]} */ [start, end]) => start <= t && t < end);
    if (event) parts.push(`event ${span(event[0], event[1])}, ${plural(event[3], "frame")}`);
    const seen = lanes.filter((/** @type {any} */ person) =>
      person.spans.some((/** @type {number[]} */ [start, end]) => start <= t && t < end),
    );
    if (seen.length) parts.push(seen.map((/** @type {any} */ person) => person.name).join(", "));
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
      shown = next;
      axis.setAttribute("aria-valuemax", String(whole()));
      drawCurve();
      drawPeople();
      drawMarks();
      const places = ticks(whole(), MOST_TICKS).map(([at, text]) =>
        h("span", { style: `left:${(100 * at).toFixed(3)}%` }, text),
      );
      scale.replaceChildren(...places);
    },
    /** @param {number} t the time that is seen */
    moveTo(t) {
      head.style.left = share(t, whole());
      axis.setAttribute("aria-valuenow", t.toFixed(3));
      axis.setAttribute("aria-valuetext", told(t));
    },
  };
}
