"""The results of reading a form."""

from dataclasses import dataclass
from typing import Any

from numerals.constraints.relations import Relation
from numerals.records import Box


@dataclass(frozen=True)
class FieldReading:
    """One candidate reading of a field.

    Attributes
    ----------
    text : str
    probability : float in [0, 1]
        Probability that the text is correct.
    accepted : bool, default=True
        Whether the reading is probable enough and matches the format of the field.
    changed : bool, default=False
        Whether a format or relation selected it over a more probable reading.
    """

    text: str
    probability: float
    accepted: bool = True
    changed: bool = False


@dataclass(frozen=True)
class FieldResult:
    """The value of a field.

    Attributes
    ----------
    name : str
    text : str
        Empty if the field is empty, or could not be read.
    confidence : float in [0, 1]
    accepted, changed : bool
        As in `FieldReading`.
    box : Box
        Bounding box of the field in pixels of the scan.
    corners : tuple of (float, float)
        Corners in pixels of the scan: top left, top right, bottom right, bottom left.
    alternatives : tuple of FieldReading
        Other readings, the most probable first.
    note : str
        Why the field is not accepted, unless for low confidence.
    """

    name: str
    text: str
    confidence: float
    accepted: bool
    changed: bool
    box: Box
    corners: tuple[tuple[float, float], ...] = ()
    alternatives: tuple[FieldReading, ...] = ()
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values for JSON."""
        return {
            "name": self.name,
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "accepted": self.accepted,
            "changed": self.changed,
            "box": list(self.box),
            "corners": [[round(x, 1), round(y, 1)] for x, y in self.corners],
            "alternatives": [
                {"text": other.text, "confidence": round(other.probability, 4)}
                for other in self.alternatives
            ],
        } | ({"note": self.note} if self.note else {})


@dataclass(frozen=True)
class RelationResult:
    """Whether a relation holds between the values of a form.

    Attributes
    ----------
    relation : Relation
    holds : bool or None
        None if a value is missing or not a number.
    not_numbers : tuple of str
        Names of the fields whose text is not a number.
    """

    relation: Relation
    holds: bool | None
    not_numbers: tuple[str, ...] = ()

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Names of the fields to review: all if it does not hold, or those without a number."""
        return self.relation.names if self.holds is False else self.not_numbers

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values for JSON."""
        values = {"relation": str(self.relation), "holds": self.holds}
        return values | ({"not_numbers": list(self.not_numbers)} if self.not_numbers else {})


@dataclass(frozen=True)
class FormResult:
    """The values of one filled-in form.

    Attributes
    ----------
    source : str
        The name of the scan.
    page : int
        The page number in the scan, from 1.
    fields : tuple of FieldResult
        In the order of the template.
    relations : tuple of RelationResult
    agreement : float in [0, 1]
        Share of the printed corners that the scan shows where they are expected.
    """

    source: str
    page: int
    fields: tuple[FieldResult, ...]
    relations: tuple[RelationResult, ...]
    agreement: float

    @property
    def texts(self) -> dict[str, str]:
        """The text of each field, by name."""
        return {field.name: field.text for field in self.fields}

    def doubtful(self, min_confidence: float = 0.0) -> tuple[str, ...]:
        """Return the names of the fields that need review.

        These are fields that were changed, are not accepted, have a confidence below
        `min_confidence`, take part in a relation that does not hold, or keep one from being checked
        because they are not numbers.
        """
        doubtful = {name for result in self.relations for name in result.doubtful}
        return tuple(
            field.name
            for field in self.fields
            if field.changed
            or not field.accepted
            or field.confidence < min_confidence
            or field.name in doubtful
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values for JSON."""
        return {
            "source": self.source,
            "page": self.page,
            "agreement": round(self.agreement, 4),
            "fields": [field.to_dict() for field in self.fields],
            "relations": [relation.to_dict() for relation in self.relations],
        }
