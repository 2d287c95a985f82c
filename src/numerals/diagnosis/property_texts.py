"""Sentences about properties: how a picture differs from the training data, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass

from numerals.diagnosis.explanation import Finding
from numerals.diagnosis.training_ranges import PropertyRange

MIN_UNUSUAL_SHARE = 99.0
"""Percentage of the training data that a value must exceed, or fall below, to be unusual."""


@dataclass(frozen=True)
class PropertyText:
    """How a property is described.

    Attributes
    ----------
    name : str
        For tables.
    low, high : str
        Beginning of the sentence for an unusually low and an unusually high value, up to "than".
        Empty where such a value is harmless.
    unit : str
        Format of a value, such as ``"{:.2f} of the height"``.
    low_advice, high_advice : str
    """

    name: str
    low: str
    high: str
    unit: str
    low_advice: str = ""
    high_advice: str = ""

    def format_number(self, value: float) -> str:
        """Format a value without the words of the unit."""
        number = self.unit[self.unit.index("{") : self.unit.index("}") + 1]
        return number.format(value).replace("%", " %")

    def format_value(self, value: float) -> str:
        """Format a value with its unit."""
        return self.unit.format(value).replace("%", " %")


_HEIGHT = "{:.2f} of the height"
_THICKER_PEN = "Draw with a thicker pen, or photograph closer."
_THINNER_PEN = "Draw with a thinner pen, or write larger."

DIGIT_TEXTS: Mapping[str, PropertyText] = {
    "stroke_width": PropertyText(
        "stroke width",
        "The stroke is thinner than in",
        "The stroke is thicker than in",
        _HEIGHT,
        _THICKER_PEN,
        _THINNER_PEN,
    ),
    "aspect": PropertyText(
        "width / height",
        "The digit is narrower than",
        "The digit is wider than",
        "{:.2f} of the height",
        "Check that the whole digit is in the picture and was not squeezed.",
        "Check that the picture shows one digit only and was not stretched.",
    ),
    "slant": PropertyText(
        "slant",
        "The digit leans more to the left than",
        "The digit leans more to the right than",
        "{:.0f} degrees",
        "Write more upright, or rotate the picture clockwise.",
        "Write more upright, or rotate the picture counterclockwise.",
    ),
    "soft_edges": PropertyText(
        "soft edges",
        "The edges of the strokes are harder than in",
        "The edges of the strokes are softer than in",
        "{:.0%} gray pixels",
        "Use the original picture instead of a thresholded one.",
        "Photograph closer and in focus.",
    ),
}
"""Properties of `measure_digit`."""

STRIP_TEXTS: Mapping[str, PropertyText] = {
    "stroke_width": PropertyText(
        "stroke width",
        "The strokes are thinner than in",
        "The strokes are thicker than in",
        _HEIGHT,
        _THICKER_PEN,
        _THINNER_PEN,
    ),
    "slant": PropertyText(
        "slant",
        "The digits lean more to the left than in",
        "The digits lean more to the right than in",
        "{:.0f} degrees",
        "Write more upright.",
        "Write more upright.",
    ),
    "widest": PropertyText(
        "widest character",
        "",
        "The widest character is wider than in",
        _HEIGHT,
        "",
        "Two digits may have been read as one: leave more space between them.",
    ),
    "gap": PropertyText(
        "gap between digits",
        "The digits are closer together than in",
        "The digits are farther apart than in",
        _HEIGHT,
        "Leave more space between the digits.",
        "Write the digits of one number closer together.",
    ),
    "digit_height": PropertyText(
        "height in the strip",
        "The digits are smaller in the strip than in",
        "The digits are larger in the strip than in",
        "{:.2f} of the intended height",
        "The line was framed too large: remove rules and other writing near the number, or crop "
        "the picture to it (--field).",
        "The line was framed too small: crop the picture to the number (--field).",
    ),
    "height_spread": PropertyText(
        "lowest / tallest digit",
        "The digits differ more in height than in",
        "The digits differ less in height than in",
        "lowest digit {:.2f} of the tallest",
        "Write all digits with a similar height.",
    ),
    "offset": PropertyText(
        "vertical offset",
        "The digits are farther up in the strip than in",
        "The digits are farther down in the strip than in",
        _HEIGHT,
        "The line was framed too low: remove other marks near it, or crop the picture to the "
        "number (--field).",
        "The line was framed too high: remove other marks near it, or crop the picture to the "
        "number (--field).",
    ),
    "paper_noise": PropertyText(
        "noise of the paper",
        "",
        "The paper is noisier than in",
        "{:.2f} of the ink",
        "",
        "Use plain paper, more light and a darker pen, and keep other marks away from the number.",
    ),
    "edge_width": PropertyText(
        "blur of the edges",
        "",
        "The edges of the strokes are more blurred than in",
        "{:.2f} of the stroke width",
        "",
        "Photograph closer, in focus and without moving.",
    ),
}
"""Properties of `measure_strip`."""


def compare_property(
    name: str,
    value: float,
    texts: Mapping[str, PropertyText],
    known: PropertyRange,
    sample: str,
    min_share: float = MIN_UNUSUAL_SHARE,
) -> Finding:
    """Compare a property with its range in the training data.

    Parameters
    ----------
    name : str
    value : float
    texts : mapping of str to PropertyText
    known : PropertyRange
    sample : str
        What the range was measured on: ``"training digits"``, ``"training 7s"``.

    min_share : float, default=MIN_UNUSUAL_SHARE
        Percentage of the training data on one side of an unusual value.
    """
    text = texts[name]
    low, high = known.typical
    typical = f"typical {text.format_number(low)} to {text.format_number(high)}"
    below, above = known.share_below(value), known.share_above(value)
    share = max(below, above)
    shown = text.format_value(value)
    beginning, advice = text.high, text.high_advice
    if above > below:
        beginning, advice = text.low, text.low_advice
    if share < min_share or not beginning:
        sentence = f"{text.name[0].upper()}{text.name[1:]}: {shown}; {typical}."
        return Finding(name, "typical", sentence, value=value, typical=known.typical)
    amount = f"all {sample}" if share >= 100 else f"{share:g} % of the {sample}"
    sentence = f"{beginning} {amount} ({shown}; {typical})."
    return Finding(name, "unusual", sentence, advice, value=value, typical=known.typical)
