// @ts-check
// Elements, drawings and pictures: what every panel makes its page of.

/** @typedef {import("./types.js").Bytes} Bytes */
/** @typedef {import("./types.js").Child} Child */
/** @typedef {import("./types.js").Attributes} Attributes */

const SVG = "http://www.w3.org/2000/svg";

/** Control characters, and those that turn the direction of the text beside them; tabs and line ends stay. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * A text as it is shown: what cannot be seen of it, or would reorder the text around it, is written out.
 * @param {string} text
 */
export const visible = (text) =>
  text.replace(UNSEEN, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Attributes that people read or hear; all others are kept letter by letter. */
const READ = new Set(["alt", "aria-label", "placeholder", "title"]);

/**
 * Write a text into a node, never parsed as HTML.
 * @param {Node} node
 * @param {unknown} text
 */
export function setText(node, text) {
  node.textContent = visible(String(text ?? ""));
}

/**
 * Make an element. `on...` attributes become listeners, `true` an empty attribute; false, null and undefined
 * are left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      if (value) node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null)
      node.setAttribute(name, READ.has(name) ? visible(String(value)) : String(value));
  }
  node.append(...children.filter((child) => child != null).map(shown));
  return node;
}

/** @param {Node | string} child strings become text nodes: never parsed as HTML */
const shown = (child) => (typeof child === "string" ? visible(child) : child);

/**
 * Make an element of a drawing.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | null>} attributes null: left out
 * @param {(Node | string)[]} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes))
    if (value != null) node.setAttribute(name, READ.has(name) ? visible(String(value)) : String(value));
  node.append(...children.map(shown));
  return node;
}

/**
 * A button.
 * @param {string} text
 * @param {string} title
 * @param {(event: MouseEvent) => unknown} on what a click does
 * @param {boolean} [pressed] left out: no button that stays pressed
 * @param {Attributes} more
 */
export const button = (text, title, on, pressed, more = {}) =>
  h(
    "button",
    { title, "aria-pressed": pressed == null ? null : String(pressed), onclick: on, ...more },
    text,
  );

/**
 * Options of a choice, as [value, text] pairs.
 * @param {[string, string][]} choices
 * @returns {HTMLOptionElement[]}
 */
export const options = (choices) => choices.map(([value, text]) => h("option", { value }, text));

/**
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null} the element around what the event happened to
 */
export const around = (event, selector) =>
  event.target instanceof Element ? event.target.closest(selector) : null;

/**
 * @param {Element} node
 * @param {string} selector
 * @returns {HTMLElement} the part of the node that is there by its making
 */
export const part = (node, selector) => /** @type {HTMLElement} */ (node.querySelector(selector));

/** @param {Element | null | undefined} node gets the focus, where there is one */
export function focusOn(node) {
  if (node instanceof HTMLElement) node.focus();
}

/**
 * @param {Bytes | undefined} bytes
 * @returns {string} the address of a picture, "" where there are no bytes; to be revoked by the caller
 */
export function pictureUrl(bytes, type = "image/jpeg") {
  return bytes?.byteLength ? URL.createObjectURL(new Blob([/** @type {BlobPart} */ (bytes)], { type })) : "";
}

/**
 * Show other bytes in an image that is kept; what it showed is forgotten.
 * @param {HTMLImageElement} image
 * @param {Bytes | undefined} bytes
 */
export function replacePicture(image, bytes, type = "image/jpeg") {
  URL.revokeObjectURL(image.src);
  image.src = pictureUrl(bytes, type);
}

/**
 * Show bytes in an image that never shows others: the address is forgotten once it is loaded.
 * @param {HTMLImageElement} image
 * @param {Bytes | undefined} bytes
 */
export function showPicture(image, bytes) {
  image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
  image.src = pictureUrl(bytes);
}

/**
 * Show bytes in as many images, in their order.
 * @param {HTMLImageElement[]} images
 * @param {Bytes[]} buffers
 */
export function showPictures(images, buffers) {
  images.forEach((image, i) => {
    showPicture(image, buffers[i]);
  });
}

/**
 * Put a hover card beside a place of an area of that size, and inside it. All in pixels.
 * @param {HTMLElement} card
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 */
export function besidePointer(card, left, top, width, height) {
  card.style.left = `${left > width / 2 ? left - card.offsetWidth - 14 : left + 14}px`;
  card.style.top = `${Math.max(4, Math.min(top - card.offsetHeight / 2, height - card.offsetHeight - 4))}px`;
}

/**
 * A function that runs `action` once it has not been called for so long.
 * @template {unknown[]} Args
 * @param {(...args: Args) => unknown} action
 * @param {number} milliseconds
 * @returns {((...args: Args) => void) & { cancel: () => void }}
 */
export function debounced(action, milliseconds) {
  let timer = 0;
  const cancel = () => clearTimeout(timer);
  /** @param {Args} args */
  const later = (...args) => {
    cancel();
    timer = setTimeout(() => action(...args), milliseconds);
  };
  return Object.assign(later, { cancel });
}
