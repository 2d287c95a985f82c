"""Draw the fields of a template into its picture."""

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from numerals.forms import Template

_COLOR = (11, 111, 179)  # RGB
_TEXT_COLOR = (255, 255, 255)


def draw_template(template: Template) -> npt.NDArray[np.uint8]:
    """Return the picture of a form with the box, the cells and the name of each field.

    Parameters
    ----------
    template : Template

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        RGB.
    """
    canvas = np.asarray(cv2.cvtColor(template.reference, cv2.COLOR_GRAY2RGB), np.uint8)
    side = max(canvas.shape)
    thickness = max(1, round(side / 700))
    for field in template.fields:
        x_min, y_min, x_max, y_max = field.box
        cv2.rectangle(canvas, (x_min, y_min), (x_max, y_max), _COLOR, thickness)
        for edge in np.linspace(x_min, x_max, max(field.cells, 1) + 1)[1:-1].round().astype(int):
            cv2.line(canvas, (int(edge), y_min), (int(edge), y_max), _COLOR, thickness)
    image = Image.fromarray(canvas)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(max(10, round(side / 90)))
    for field in template.fields:
        corner = (field.box[0], field.box[1] - max(12, round(side / 75)))
        draw.rectangle(draw.textbbox(corner, field.name, font), fill=_COLOR)
        draw.text(corner, field.name, _TEXT_COLOR, font)
    return np.asarray(image, np.uint8)
