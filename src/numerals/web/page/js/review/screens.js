// @ts-check
// What the modes of Check have in common.

/** @typedef {import("../types.js").CheckItem} CheckItem */

/**
 * What a mode gets from the view.
 * @typedef {object} Desk
 * @property {import("./answers.js").Answers} answers
 * @property {HTMLElement} notice
 * @property {() => import("./service.js").Filter} filter
 * @property {(message: string) => void} say shows a message
 * @property {(error: Error, retry: () => void) => void} fail shows an error
 * @property {() => void} showProgress
 */

/**
 * A mode.
 * @typedef {object} Screen
 * @property {HTMLElement} element
 * @property {number} waiting numbers that are left
 * @property {string} [progress] replaces their count
 * @property {() => Promise<void>} enter
 * @property {(event: KeyboardEvent) => boolean} onKey returns whether the key was handled
 * @property {() => boolean} isTyping
 * @property {(item: CheckItem) => void} restore shows an item that was undone
 */

export {};
