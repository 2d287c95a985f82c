"""What was read from a form."""

from dataclasses import dataclass
from typing import Any

from numerals.forms.template import Relation
from numerals.records import Box


@dataclass(frozen=True)
class FieldReading:
    """One way to read a field.

    Attributes
    ----------
    text : str
    probability : float in [0, 1]
        That this is what stands there.
    accepted : bool, default=True
        Whether it is sure enough, and as the field's format wants it.
    changed : bool, default=False
        Whether a rule, not the ink alone, made it so.
    """

    text: str
    probability: float
    accepted: bool = True
    changed: bool = False


@dataclass(frozen=True)
class FieldResult:
    """What stands in a field.

    Attributes
    ----------
    name : str
    text : str
        Empty for a field that was left empty, or that could not be read.
    confidence : float in [0, 1]
    accepted, changed : bool
        As `FieldReading` has them; a reading that a relation repaired is changed.
    box : Box
        Where the field lies, in pixels of the scan.
    corners : tuple of (float, float)
        The same exactly: top left, top right, bottom right, bottom left.
    alternatives : tuple of FieldReading
        Other readings, likeliest first.
    note : str
        Why it was not accepted, where that is not for lack of confidence.
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
        """Return plain Python values, ready for JSON."""
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
    """Whether a relation holds between the values that were read.

    Attributes
    ----------
    relation : Relation
    holds : bool or None
        None where it cannot be told: a value is missing or is no number.
    """

    relation: Relation
    holds: bool | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {"relation": str(self.relation), "holds": self.holds}


@dataclass(frozen=True)
class FormResult:
    """One filled-in form.

    Attributes
    ----------
    source : str
        The scan's name.
    page : int
        Which page of it, from 1.
    fields : tuple of FieldResult
        In the template's order.
    relations : tuple of RelationResult
    agreement : float in [0, 1]
        Share of the printed features that the scan shows in their place.
    """

    source: str
    page: int
    fields: tuple[FieldResult, ...]
    relations: tuple[RelationResult, ...]
    agreement: float

    @property
    def texts(self) -> dict[str, str]:
        """What stands in each field, by name."""
        return {field.name: field.text for field in self.fields}

    def doubtful(self, min_confidence: float = 0.0) -> tuple[str, ...]:
        """Return the names of the fields that somebody should look at.

        They were changed, not accepted or are less sure than `min_confidence`, or stand in a
        relation that does not hold.
        """
        broken = {name for r in self.relations if r.holds is False for name in r.relation.names}
        return tuple(
            field.name
            for field in self.fields
            if field.changed
            or not field.accepted
            or field.confidence < min_confidence
            or field.name in broken
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "source": self.source,
            "page": self.page,
            "agreement": round(self.agreement, 4),
            "fields": [field.to_dict() for field in self.fields],
            "relations": [relation.to_dict() for relation in self.relations],
        }
