// @ts-check
// The training of the service: its state, and the requests that change it.

import { call } from "../api.js";

/** @typedef {{code: string, message: string, command: string | null}} Obstacle */

/**
 * @typedef {object} TrainableScript
 * @property {string} script
 * @property {string} recipe
 * @property {"lines" | "digits"} kind
 * @property {number} reviewed lines that can be used for training
 * @property {number} held_out how many of them are only compared with
 * @property {number | null} seconds estimated
 * @property {Obstacle[]} obstacles
 */

/** @typedef {{name: string, count: number, before: number, after: number, p_value: number, is_worse: boolean}} SetFigures */

/**
 * @typedef {object} Example
 * @property {string} set
 * @property {"better" | "worse" | "other"} kind
 * @property {string} text what is written
 * @property {string} before answer of the active model
 * @property {string} after answer of the new model
 * @property {string | null} crop address of the picture of a reviewed line
 * @property {string | null} picture data URL of a digit, or of any other line
 */

/**
 * @typedef {object} Result
 * @property {string} model
 * @property {SetFigures[]} sets
 * @property {boolean} is_worse
 * @property {boolean} is_active
 * @property {boolean} is_comparison_current whether the active model is the one that was compared
 * @property {number} n_better answers that became right
 * @property {number} n_worse answers that became wrong
 * @property {number} n_other answers that were and are wrong
 * @property {Example[]} examples
 */

/**
 * @typedef {object} Training
 * @property {"running" | "stopped" | "failed" | "done"} state
 * @property {string} script
 * @property {"lines" | "digits"} kind
 * @property {string} started_at
 * @property {number} reviewed
 * @property {number} held_out
 * @property {number} new_lines reviewed since the start
 * @property {"preparing" | "training" | "comparing" | null} stage
 * @property {number} epochs
 * @property {number} epochs_done
 * @property {number | null} progress from 0 to 1
 * @property {number | null} seconds_left
 * @property {string | null} error
 * @property {Result | null} result
 */

/** @typedef {{script: string, kind: "lines" | "digits", model: string}} Activated */

/**
 * @typedef {object} TrainingState
 * @property {number} min_reviewed
 * @property {TrainableScript[]} scripts
 * @property {Training | null} training
 * @property {Activated[]} activated models that can be rolled back
 */

/** @returns {Promise<TrainingState>} */
export const getTraining = () => call("v1/training");

/**
 * @param {string} script
 * @returns {Promise<TrainingState>}
 */
export const startTraining = (script) => call("v1/training", { json: { script } });

/** @returns {Promise<TrainingState>} */
export const continueTraining = () => call("v1/training/continue", { method: "POST" });

/** @returns {Promise<TrainingState>} */
export const cancelTraining = () => call("v1/training/cancel", { method: "POST" });

/** @returns {Promise<TrainingState>} */
export async function discardTraining() {
  await call("v1/training", { method: "DELETE" });
  return getTraining();
}

/**
 * @param {string} model
 * @param {boolean} anyway whether to activate a worse model
 * @returns {Promise<TrainingState>}
 */
export const activateModel = (model, anyway) =>
  call(`v1/models/${encodeURIComponent(model)}/activate`, { json: { anyway } });

/**
 * @param {string} script
 * @param {"lines" | "digits"} kind
 * @returns {Promise<TrainingState>}
 */
export const rollBackModel = (script, kind) => call("v1/models/rollback", { json: { script, kind } });
