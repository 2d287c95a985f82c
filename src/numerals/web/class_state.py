"""The class of a service: its journal, and the address for pupils."""

from dataclasses import dataclass
from functools import cached_property

import segno

from numerals.classroom.class_digits import PREFIX, class_path
from numerals.classroom.journal import ClassJournal


@dataclass(frozen=True)
class Classroom:
    """The class that a service collects drawings for.

    Attributes
    ----------
    name : str
        Such as ``"year7"``.
    address : str
        Address of the service as pupils reach it, such as ``"http://192.168.1.20:8000"``.
    journal : ClassJournal
    """

    name: str
    address: str
    journal: ClassJournal

    @property
    def data_set(self) -> str:
        """Name of the data set, such as ``"class-year7"``."""
        return PREFIX + self.name

    @property
    def pupil_address(self) -> str:
        """The address to open on a phone, with the code of the class."""
        # Browsers do not send the fragment to the server: the code is not in any log.
        return f"{self.address}/class#{self.journal.record.code}"

    @cached_property
    def qr_data_url(self) -> str:
        """The QR code of the pupils' address as an SVG data URL; the board asks every second."""
        return str(segno.make(self.pupil_address, error="m").svg_data_uri(scale=8, border=2))


def open_classroom(name: str, address: str) -> Classroom:
    """Open a class, or create it.

    Raises
    ------
    OptionError
        If the name is invalid.
    DataError
        If the file of the class is damaged.
    """
    return Classroom(name, address, ClassJournal(class_path(name)))
