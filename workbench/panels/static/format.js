// @ts-check
// Numbers as the panels write them.

/** @param {number | null | undefined} value */
export const number = (value) => (value ?? 0).toLocaleString("en");

/** @param {number} value */
export const plural = (value, one = "", many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;

/** @param {number} share */
export const percent = (share) => `${Math.round(share * 100)} %`;

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

/** @param {string} path the last part of a path */
export const fileName = (path) => path.split("/").pop() ?? "";
