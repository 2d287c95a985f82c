// @ts-check
// The number formats in words, with examples.

/**
 * @typedef {object} Part a value within the spec of a format
 * @property {string} label
 * @property {"number" | "text" | "select"} kind
 * @property {string} first value of a new field
 * @property {[string, string][]} [options]
 */

/**
 * @typedef {object} Choice
 * @property {string} key
 * @property {string} text
 * @property {{unique: boolean}} [roster] of a list of numbers: whether each is there once
 * @property {string} example
 * @property {Part[]} [parts]
 * @property {(values: string[]) => string} spec
 * @property {RegExp} pattern of its specs, with a group for each part
 */

/** @type {[string, string][]} */
const REGIONS = [
  ["DE", "Germany"], ["AT", "Austria"], ["CH", "Switzerland"], ["FR", "France"], ["ES", "Spain"], ["IT", "Italy"],
  ["NL", "Netherlands"], ["BE", "Belgium"], ["DK", "Denmark"], ["SE", "Sweden"], ["NO", "Norway"], ["FI", "Finland"],
  ["PL", "Poland"], ["CZ", "Czechia"], ["PT", "Portugal"], ["GB", "United Kingdom"], ["IE", "Ireland"],
  ["US", "United States"], ["CA", "Canada"], ["BR", "Brazil"], ["IN", "India"], ["JP", "Japan"], ["AU", "Australia"],
];
/** @type {[string, string][]} */
const IBAN_COUNTRIES = REGIONS.filter(([code]) => "DE AT BE DK ES FI NO PL PT SE CZ".includes(code));

const number = (/** @type {string} */ label, /** @type {string} */ first) =>
  /** @type {Part} */ ({ label, kind: "number", first });
const select = (/** @type {string} */ label, /** @type {[string, string][]} */ options) =>
  /** @type {Part} */ ({ label, kind: "select", first: options[0][0], options });

const NEVER = /(?!)/; // lists of numbers have no spec

/** @type {[string, Choice[]][]} groups of the menu */
export const GROUPS = [
  [
    "Numbers",
    [
      { key: "any", text: "Any number", example: "417 or 1 250,50", spec: () => "", pattern: /^$/ },
      { key: "digits", text: "Digits only", example: "20417", spec: () => "digits", pattern: /^digits$/ },
      {
        key: "count",
        text: "A fixed number of digits",
        example: "six digits: 204817",
        parts: [number("Number of digits", "6")],
        spec: ([n]) => `digits:${n}`,
        pattern: /^digits:(\d+)$/,
      },
      {
        key: "span",
        text: "A number of digits, from … to …",
        example: "8 to 12 digits: 5550142867",
        parts: [number("At least", "8"), number("At most", "12")],
        spec: ([low, high]) => `digits:${low}-${high}`,
        pattern: /^digits:(\d+)-(\d+)$/,
      },
      {
        key: "range",
        text: "A whole number, from … to …",
        example: "points from 0 to 100: 87",
        parts: [number("From", "0"), number("To", "100")],
        spec: ([low, high]) => `range:${low}-${high}`,
        pattern: /^range:(\d+)-(\d+)$/,
      },
      {
        key: "step",
        text: "A number in steps, from … to …",
        example: "half points from 0 to 10: 7.5",
        parts: [number("From", "0"), number("To", "10"), { label: "In steps of", kind: "text", first: "0.5" }],
        spec: ([low, high, step]) => `range:${low}-${high}:${step}`,
        pattern: /^range:([^:]+)-([^:]+):(.+)$/,
      },
      { key: "amount", text: "An amount of money", example: "1.250,50 or 1,250.50 or 12,-", spec: () => "amount", pattern: /^amount$/ },
      {
        key: "class",
        text: "A number on a class list, each once",
        example: "the candidate numbers 1017, 1022, 1031. Numbers without a sheet are named.",
        roster: { unique: true },
        spec: () => "",
        pattern: NEVER,
      },
      {
        key: "values",
        text: "One of these numbers",
        example: "the rooms 101, 102, 114",
        roster: { unique: false },
        spec: () => "",
        pattern: NEVER,
      },
    ],
  ],
  [
    "Dates",
    [
      { key: "dmy", text: "A date, day first", example: "31.12.2026", spec: () => "date:dmy", pattern: /^date:dmy$/ },
      { key: "mdy", text: "A date, month first", example: "12/31/2026", spec: () => "date:mdy", pattern: /^date:mdy$/ },
      { key: "ymd", text: "A date, year first", example: "2026-12-31, or 20261231 in boxes", spec: () => "date:ymd", pattern: /^date:ymd$/ },
      { key: "date", text: "A date, in any order", example: "31.12.2026 or 12/31/2026", spec: () => "date", pattern: /^date$/ },
    ],
  ],
  [
    "Numbers with a check digit",
    [
      { key: "ean", text: "A product number (EAN, UPC, GTIN)", example: "4006381333931", spec: () => "ean", pattern: /^ean$/ },
      {
        key: "ean-length",
        text: "A product number of … digits",
        example: "EAN-8: 96385074",
        parts: [select("Digits", [["13", "13"], ["8", "8"], ["12", "12"], ["14", "14"]])],
        spec: ([n]) => `ean:${n}`,
        pattern: /^ean:(\d+)$/,
      },
      { key: "isbn", text: "A book number (ISBN)", example: "9783161484100", spec: () => "isbn", pattern: /^isbn$/ },
      {
        key: "isbn-length",
        text: "A book number of … digits",
        example: "ISBN-10: 0306406152",
        parts: [select("Digits", [["13", "13"], ["10", "10"]])],
        spec: ([n]) => `isbn:${n}`,
        pattern: /^isbn:(\d+)$/,
      },
      { key: "luhn", text: "A number with a Luhn check digit, such as a credit card", example: "4539578763621486", spec: () => "luhn", pattern: /^luhn$/ },
      {
        key: "luhn-length",
        text: "The same, with a fixed number of digits",
        example: "16 digits: 4539578763621486",
        parts: [number("Number of digits", "16")],
        spec: ([n]) => `luhn:${n}`,
        pattern: /^luhn:(\d+)$/,
      },
      {
        key: "iban",
        text: "A bank account (IBAN), without the two letters",
        example: "DE: 89 3704 0044 0532 0130 00",
        parts: [select("Country", IBAN_COUNTRIES)],
        spec: ([country]) => `iban:${country}`,
        pattern: /^iban:([A-Za-z]{2})$/,
      },
    ],
  ],
  [
    "Phone",
    [
      {
        key: "phone-region",
        text: "A phone number of one country",
        example: "030 901820",
        parts: [select("Country", REGIONS)],
        spec: ([region]) => `phone:${region}`,
        pattern: /^phone:([A-Za-z]{2})$/,
      },
      { key: "phone", text: "A phone number with its country code", example: "+49 30 901820", spec: () => "phone", pattern: /^phone$/ },
    ],
  ],
  [
    "Other",
    [
      {
        key: "pattern",
        text: "A pattern (regular expression)",
        example: "two digits, a dash, three digits: \\d{2}-\\d{3}",
        parts: [{ label: "Pattern", kind: "text", first: "\\d{2}-\\d{3}" }],
        spec: ([pattern]) => `regex:${pattern}`,
        pattern: /^regex:([^]*)$/,
      },
    ],
  ],
];

export const CHOICES = GROUPS.flatMap(([, choices]) => choices);

/**
 * Return the choice of the menu and the values of its parts.
 * @param {string} spec
 * @returns {{choice: Choice, values: string[]} | null} null for a format that the menu lacks
 */
export function parseSpec(spec) {
  for (const choice of CHOICES) {
    const found = choice.pattern.exec(spec);
    if (!found) continue;
    const values = found.slice(1);
    return { choice, values };
  }
  return null;
}

/** Return what is written in a field, in words. @param {{format: string, roster: string[] | null}} field */
export const describeContent = ({ format, roster }) =>
  roster ? `one of ${roster.length.toLocaleString("en-GB")} numbers` : describeFormat(format);

/** Return the choice of the menu for a field. @param {{format: string, roster: string[] | null, stack: {unique?: boolean}}} field */
export function choiceOf({ format, roster, stack }) {
  if (!roster) return parseSpec(format);
  const key = stack.unique ? "class" : "values";
  const choice = /** @type {Choice} */ (CHOICES.find((each) => each.key === key));
  return { choice, values: /** @type {string[]} */ ([]) };
}

/** Return a format in words, for lists. @param {string} spec */
export function describeFormat(spec) {
  if (!spec) return "";
  const parsed = parseSpec(spec);
  if (!parsed) return spec;
  const { choice, values } = parsed;
  let at = 0;
  const text = choice.text.replace(/…/g, () => values[at++]);
  return values.length && at === 0 ? `${text} (${values.join(", ")})` : text;
}
