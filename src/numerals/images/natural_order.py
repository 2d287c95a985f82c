"""The order of file names in which ``"2.jpg"`` comes before ``"10.jpg"``."""

import re


def natural_key(name: str) -> str:
    """Return a sort key that orders ``"2.jpg"`` before ``"10.jpg"``.

    Parameters
    ----------
    name : str
        A file name; case is ignored.

    Returns
    -------
    str
        Comparable with other keys of this function. Folders can have millions of names, so it is
        hardly longer than the name.

    Examples
    --------
    >>> sorted(["10.jpg", "2.jpg", "1.jpg"], key=natural_key)
    ['1.jpg', '2.jpg', '10.jpg']
    """
    chunks = re.split("([0-9]+)", name.casefold())  # text and digits alternate
    for place in range(1, len(chunks), 2):
        number = chunks[place].lstrip("0")
        # A text ends with a character below all others; more digits make a larger number.
        chunks[place] = f"\0{chr(2 + len(number))}{number}"
    return f"{''.join(chunks)}\0\1{name}"
