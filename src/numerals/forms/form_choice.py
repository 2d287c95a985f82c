"""Read pictures of several forms: each with the template whose print it shows."""

from collections.abc import Mapping

from numerals.errors import FormError
from numerals.forms.form_reader import FormReader
from numerals.forms.form_results import FormResult
from numerals.forms.registration import Registration
from numerals.images import Picture


class FormChooser:
    """Reader of forms with one or several templates.

    Parameters
    ----------
    readers : mapping of str to FormReader
        At least one, by the name of its template.
    """

    def __init__(self, readers: Mapping[str, FormReader]) -> None:
        self._readers = dict(readers)

    def read(self, picture: Picture) -> tuple[str, FormResult]:
        """Read one scan; return the name of the template, and the values.

        The template with the highest agreement is chosen: the share of its printed corners that the
        scan shows where they are expected.

        Parameters
        ----------
        picture : Picture
            Grey.

        Returns
        -------
        template : str
        result : FormResult

        Raises
        ------
        FormError
            If the picture shows none of the forms.
        """
        found: dict[str, Registration] = {}
        errors: list[FormError] = []
        for name, reader in self._readers.items():
            try:
                found[name] = reader.register(picture)
            except FormError as error:
                errors.append(error)
        if not found:
            if len(errors) == 1:
                raise errors[0]
            names = ", ".join(self._readers)
            raise FormError(
                f"{picture.source}: shows none of the forms {names}; add its template to the "
                "batch, or move the file to another batch"
            )
        best = max(found, key=lambda name: found[name].agreement)
        return best, self._readers[best].read_registered(picture, found[best])
