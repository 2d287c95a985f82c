"""Pen strokes of digits, in a box of width and height 1."""

from math import cos, pi, radians, sin

Stroke = list[tuple[float, float]]


def arc(x: float, y: float, wide: float, high: float, start: float, end: float) -> Stroke:
    """Return points on an ellipse, from one angle to another; degrees, clockwise from the right."""
    angles = [radians(start + (end - start) * i / 12) for i in range(13)]
    return [(x + wide * cos(a), y + high * sin(a)) for a in angles]


def _eight() -> Stroke:
    turns = [2 * pi * i / 24 for i in range(25)]
    return [(0.5 - 0.4 * sin(2 * t), 0.5 - 0.5 * cos(t)) for t in turns]


STROKES: dict[str, list[Stroke]] = {
    "0": [arc(0.5, 0.5, 0.38, 0.5, -90, -450)],
    "1": [[(0.5, 0.0), (0.48, 0.5), (0.46, 1.0)]],
    "2": [[*arc(0.5, 0.28, 0.38, 0.28, 190, 395), (0.1, 1.0), (0.95, 1.0)]],
    "3": [[*arc(0.45, 0.25, 0.38, 0.25, 200, 440), *arc(0.45, 0.74, 0.42, 0.26, -80, 150)]],
    "4": [[(0.55, 0.0), (0.05, 0.62), (0.95, 0.62)], [(0.68, 0.3), (0.64, 1.0)]],
    "5": [
        [(0.22, 0.0), (0.16, 0.45), *arc(0.45, 0.7, 0.42, 0.3, -120, 140)],
        [(0.22, 0.0), (0.9, 0.0)],
    ],
    "6": [[(0.72, 0.0), (0.35, 0.3), *arc(0.5, 0.72, 0.36, 0.28, -160, -520)]],
    "7": [[(0.08, 0.0), (0.9, 0.0), (0.62, 0.45), (0.42, 1.0)]],
    "8": [_eight()],
    "9": [[*arc(0.48, 0.28, 0.36, 0.28, -20, -370), (0.82, 0.35), (0.76, 1.0)]],
}


def draw(page, text: str) -> None:
    """Draw a number on the pad with the mouse."""
    page.locator("#pad").scroll_into_view_if_needed()
    box = page.locator("#pad").bounding_box()
    pitch = min(box["width"] / (len(text) + 0.5), box["height"] * 0.8)
    high = min(pitch * 1.05, box["height"] * 0.7)
    top = box["y"] + (box["height"] - high) / 2
    for place, digit in enumerate(text):
        left = box["x"] + pitch * (place + 0.45)
        for stroke in STROKES[digit]:
            points = [(left + x * pitch * 0.62, top + y * high) for x, y in stroke]
            page.mouse.move(*points[0])
            page.mouse.down()
            for point in points[1:]:
                page.mouse.move(*point, steps=2)
            page.mouse.up()


def choose_one_digit(page) -> None:
    """Draw single digits instead of numbers."""
    page.get_by_role("radio", name="One digit").check()


SEVEN = [(0.25, 0.2), (0.5, 0.19), (0.75, 0.2), (0.66, 0.4), (0.55, 0.62), (0.46, 0.86)]
"""A 7 in one stroke, as fractions of the pad's size."""


def draw_by_touch(page, stroke: Stroke) -> None:
    """Draw one stroke on the pad by touch."""
    box = page.locator("#pad").bounding_box()
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at = [
            {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in points
        ]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touch("touchStart", stroke[0])
    for point in stroke[1:]:
        touch("touchMove", point)
    touch("touchEnd")
