// @ts-check
// The chips of a query as text, and which kinds of regions a query names.

/**
 * One part of the question as Python understood it.
 * @typedef {object} Chip
 * @property {string} kind "words", "like", "tag" ...
 * @property {string} label
 * @property {number} weight
 * @property {boolean} plus whether it is wanted
 * @property {boolean} [picture] whether there is a thumbnail of it
 */

/** @typedef {Chip & { position: number }} PlacedChip */

/**
 * What is shown as chips; what is compared stands in a choice of its own.
 * @param {Chip[]} chips
 * @returns {PlacedChip[]} with their positions in the query
 */
export const shownChips = (chips) =>
  chips.map((chip, position) => ({ ...chip, position })).filter((chip) => chip.kind !== "over");

/**
 * @param {Chip[]} shown
 * @returns {boolean} whether chips tell more than the box: not of one phrase that is simply wanted
 */
export function tellsMore(shown) {
  const [only] = shown;
  return (
    shown.length > 1 || (only !== undefined && !(only.kind === "words" && only.plus && only.weight === 1))
  );
}

/** @param {Chip} chip how much it counts, "" for 1 */
export const weightText = ({ weight }) => (weight === 1 ? "" : ` ×${weight}`);

/** @param {Chip} chip what it is read out as */
export const chipText = (chip) =>
  `${chip.kind === "words" ? "" : `${chip.kind} `}${chip.label}${weightText(chip)}`;

/**
 * What a query may be compared with: whole images, one kind of region, all together, and what is asked now.
 * @param {string[]} kinds of regions in the case
 * @param {string} asked
 * @returns {[string, string][]} pairs of value and text
 */
export function comparisons(kinds, asked) {
  /** @type {[string, string][]} */
  const choices = [
    ["", "whole images"],
    ...kinds.map((kind) => /** @type {[string, string]} */ ([kind, kind])),
    [["images", ...kinds].join(" "), "all of these"],
  ];
  return choices.some(([value]) => value === asked) ? choices : [...choices, [asked, asked]];
}
