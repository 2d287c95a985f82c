"""Read the protocol buffer encoding without a library: fields with their numbers and wire types.

References
----------
Protocol Buffers, "Encoding".
"""

from collections.abc import Iterator
from enum import IntEnum

Value = int | memoryview


class WireType(IntEnum):
    """How a field is encoded."""

    VARINT = 0
    FIXED64 = 1
    LENGTH_DELIMITED = 2
    FIXED32 = 5


_WIRE_TYPES = {int(wire_type): wire_type for wire_type in WireType}
_FIXED_SIZES = {WireType.FIXED64: 8, WireType.FIXED32: 4}  # bytes


def read_fields(message: memoryview) -> Iterator[tuple[int, WireType, Value]]:
    """Yield number, wire type and value of each field of a message.

    Parameters
    ----------
    message : memoryview of bytes

    Yields
    ------
    number : int
    wire_type : WireType
    value : int for a varint, memoryview of the content for other types

    Raises
    ------
    IndexError, ValueError
        If the message is not in this encoding.

    Examples
    --------
    >>> [(number, value) for number, _, value in read_fields(memoryview(bytes([8, 150, 1])))]
    [(1, 150)]
    """
    position = 0
    while position < len(message):
        key, position = _read_varint(message, position)
        wire_type = _WIRE_TYPES.get(key & 7)
        if wire_type is None:
            raise ValueError(f"unknown wire type {key & 7}")
        if wire_type == WireType.VARINT:
            number, position = _read_varint(message, position)
            yield key >> 3, wire_type, number
            continue
        length = _FIXED_SIZES.get(wire_type)
        if length is None:
            length, position = _read_varint(message, position)
        if position + length > len(message):
            raise ValueError("a field is cut short")
        yield key >> 3, wire_type, message[position : position + length]
        position += length


def read_varints(message: memoryview) -> list[int]:
    """Return the integers of a packed field.

    Raises
    ------
    IndexError, ValueError
        If the message is not in this encoding.
    """
    numbers, position = [], 0
    while position < len(message):
        number, position = _read_varint(message, position)
        numbers.append(number)
    return numbers


def _read_varint(message: memoryview, position: int) -> tuple[int, int]:
    """Return the variable-length integer at a position, and the position after it."""
    value = shift = 0
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift > 63:
            raise ValueError("a number has more than 64 bits")
