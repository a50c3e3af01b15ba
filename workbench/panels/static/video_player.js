// @ts-check
// The player: pieces of a video come from Python as bytes and are appended to one media source, so that the
// whole video has one axis, of which only what is near is there. No server, no file.

import { clamp } from "./format.js";
import { frameAt, mergedTimes, pieceOf, stepFrom, wantedPieces } from "./video_axis.js";

/** @typedef {{ start: number, end: number, times: number[] }} Piece */

const KINDS = [
  ["mp4", 'video/mp4; codecs="avc1.4d4028, mp4a.40.2"'],
  ["webm", 'video/webm; codecs="vp8, opus"'],
];
const INSIDE = 0.001; // seconds after the beginning of a frame, where surely it is seen
const MOST = 18; // pieces that are kept in the browser
const TICK = 80; // milliseconds between two frames shown backward

/** @returns {string} the first of mp4 and webm that this browser plays from a media source, "" for none */
export function playable() {
  if (!("MediaSource" in window)) return "";
  return KINDS.find(([, mime]) => MediaSource.isTypeSupported(mime))?.[0] ?? "";
}

/**
 * @param {HTMLVideoElement} screen
 * @param {object} on
 * @param {(numbers: number[], format: string) => void} on.want told which pieces are wanted
 * @param {() => void} on.change told when what is seen, or its state, has changed
 * @param {(why: string) => void} on.fail
 */
export function player(screen, on) {
  const format = playable();
  let video = { file: "", duration: 0, segment: 10, fps: 25 };
  /** @type {Map<number, Piece>} */
  let pieces = new Map();
  /** @type {{ number: number, facts: any, bytes: DataView }[]} */
  let waiting = [];
  /** @type {Set<number>} */
  let refused = new Set();
  /** @type {MediaSource | null} */
  let source = null;
  /** @type {SourceBuffer | null} */
  let buffer = null;
  let speed = 0;
  let target = 0;
  let asked = "";
  let timer = 0;
  /** @type {number[]} */
  let times = [];

  const has = (/** @type {number} */ n) =>
    pieces.has(n) || refused.has(n) || waiting.some((one) => one.number === n);
  const pieceAt = (/** @type {number} */ t) => pieceOf(t, video.segment, video.duration);
  const isThere = (/** @type {number} */ t) => pieces.has(pieceAt(t));

  function want() {
    if (!video.file || !format) return;
    const wanted = wantedPieces(target, Math.sign(speed), {
      length: video.segment,
      duration: video.duration,
      has,
    });
    const key = wanted.join();
    if (key === asked) return;
    asked = key;
    on.want(wanted, format);
  }

  /** Append what waits, one piece at a time; what is far away is forgotten. */
  function append() {
    if (source?.readyState !== "open" || buffer?.updating) return;
    const far = [...pieces.keys()].sort(
      (a, b) => Math.abs(b - pieceAt(target)) - Math.abs(a - pieceAt(target)),
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
      buffer.appendBuffer(/** @type {any} */ (next.bytes));
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

  /** Show the frame at the target once its piece is there. */
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
      if (error.name === "AbortError") return; // paused meanwhile
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

  /** @param {number} t */
  function seek(t) {
    target = clamp(t, 0, Math.max(0, video.duration - INSIDE));
    asked = "";
    if (speed > 0 && !screen.paused && isThere(target)) screen.currentTime = target + INSIDE;
    else {
      if (speed > 0) screen.pause(); // goes on once the piece is there
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
    const to = target + (speed * TICK) / 1000;
    if (to <= 0) {
      halt();
      seek(0);
    } else if (!screen.seeking) seek(to);
  }

  /** @param {number} next the speed: 0 stands, below 0 is backward */
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
      [pieces, waiting, refused, times, buffer, asked] = [new Map(), [], new Set(), [], null, ""];
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
    },
  };
}
