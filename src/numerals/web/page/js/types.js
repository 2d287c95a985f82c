// @ts-check
// Types of the service's JSON, for JSDoc: /** @type {import("./types.js").Line} */

/** @typedef {[number, number, number, number]} Box left, top, right, bottom, pixels of the page */

/**
 * @typedef {object} Alternative
 * @property {string} text
 * @property {number} confidence
 */

/**
 * @typedef {object} Digit
 * @property {string} text
 * @property {number} confidence
 * @property {Box} box
 * @property {Alternative[]} alternatives
 * @property {boolean} [corrected] by a person, on this page
 * @property {string} [read] the text as read, if it was corrected
 */

/**
 * @typedef {object} Line
 * @property {string} text
 * @property {number} confidence
 * @property {Box} box
 * @property {Digit[]} digits
 * @property {Alternative[]} alternatives
 * @property {string | null} [line_id] in the store
 * @property {boolean} [accepted] false if it does not match the format, or is too uncertain
 * @property {boolean} [changed] whether the format changed the reading
 * @property {string} [field] name in a form
 * @property {string} [note] why a field is not accepted
 * @property {number} [table]
 * @property {number} [row]
 * @property {number} [column]
 * @property {"waiting" | "confirmed" | "corrected" | "skipped"} [state] of a reading that replaced
 *   another one
 * @property {string} [answer] of a reviewer, with the state
 * @property {boolean} [corrected] by a person, on this page
 * @property {boolean} [isSaved] whether the correction is stored
 * @property {string} [read] the text as read, if it was corrected
 */

/**
 * @typedef {object} Page
 * @property {number} page number in the file, from 1
 * @property {string} script
 * @property {number} width pixels
 * @property {number} height
 * @property {number} [turn] degrees
 * @property {string} text
 * @property {number} confidence
 * @property {Line[]} lines
 * @property {{relation: string, holds: boolean | null}[]} [relations] of a form
 */

/**
 * @typedef {object} Reading
 * @property {string | null} id in the store
 * @property {string} source
 * @property {Page[]} pages
 * @property {string} [error] of a later page
 */

/**
 * @typedef {object} ReviewItem
 * @property {string} id
 * @property {string} reading_id
 * @property {string} text
 * @property {string} read
 * @property {number} confidence
 * @property {Alternative[]} alternatives
 * @property {"waiting" | "confirmed" | "corrected" | "skipped"} state
 * @property {string | null} crop
 * @property {string} script
 * @property {string} source
 * @property {string} read_at
 * @property {string} version
 * @property {string | null} change
 * @property {string} by
 */

/**
 * The page that an item is on; only in lists of the review.
 * @typedef {object} ItemPage
 * @property {string} id
 * @property {string | null} picture address
 * @property {number} width pixels
 * @property {number} height
 * @property {number} turn clockwise degrees by which its writing is turned, as are boxes and picture
 * @property {{kind: "sum" | "less_or_equal", names: string[]}[]} relations of its form
 * @property {Record<string, string>} values of the fields in relations
 * @property {"." | "," | null} decimal separator
 */

/**
 * Where an item is, and what the page knows about it.
 * @typedef {object} ItemContext
 * @property {string | null} batch
 * @property {number | null} page
 * @property {number | null} line
 * @property {string | null} field
 * @property {number | null} table
 * @property {number | null} row
 * @property {number | null} column
 * @property {string} note why it is not accepted
 * @property {Box | null} box
 * @property {ItemPage | null} page_of
 * @property {string} format of its field
 * @property {boolean} [uncertain]
 * @property {{by: string, text: string}[]} [answers] of two reviewers who differ
 * @property {string} [given] the answer in this session
 */

/** @typedef {ReviewItem & ItemContext} CheckItem */

export {};
