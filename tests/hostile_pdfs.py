"""Small PDF files that make a renderer run for a very long time."""

import zlib

PAGE = b"/BBox [0 0 612 792]"
FORM = b"/Type /XObject /Subtype /Form " + PAGE
FILL = b"0 0 600 700 re f\n"


def write_pdf(*objects: bytes) -> bytes:
    """Return a PDF of objects numbered from 1, catalogue first, with a cross-reference table."""
    body, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n" % size
        + table
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    )


def stream(dictionary: bytes, content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (
        dictionary,
        len(packed),
        packed,
    )


def one_page(content: bytes, resources: bytes = b"", *more: bytes) -> bytes:
    """Return a PDF of one page; `more` are the objects from number 5 on."""
    return write_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << %s >> >>" % resources,
        stream(b"", content),
        *more,
    )


def nested_forms(depth: int = 10, width: int = 10) -> bytes:
    """Return a PDF with nested forms, each of which draws the next one `width` times."""
    forms = [
        stream(FORM + b" /Resources << /XObject << /F %d 0 R >> >>" % (6 + i), b"/F Do " * width)
        for i in range(depth)
    ]
    return one_page(b"/F Do", b"/XObject << /F 5 0 R >>", *forms, stream(FORM, FILL))


def form_that_draws_itself() -> bytes:
    form = stream(FORM + b" /Resources << /XObject << /F 5 0 R >> >>", b"/F Do /F Do")
    return one_page(b"/F Do", b"/XObject << /F 5 0 R >>", form)


def tiling_patterns() -> bytes:
    """Return a PDF with a tiling pattern with steps of 0.01 points, filled with another one."""
    tile = b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /XStep 0.01 /YStep 0.01 "
    fill = b"/Pattern cs /P scn 0 0 612 792 re f"
    inner = b" /Resources << /Pattern << /P 6 0 R >> >>"
    return one_page(
        fill,
        b"/Pattern << /P 5 0 R >>",
        stream(tile + PAGE + inner, fill),
        stream(tile + PAGE + b" /Resources << >>", b"1 0 0 rg " + FILL),
    )


def soft_masks(depth: int = 12) -> bytes:
    """Return a PDF with nested soft masks."""
    state = b"/ExtGState << /G << /SMask << /S /Luminosity /G %d 0 R >> >> >>"
    group = FORM + b" /Group << /S /Transparency /CS /DeviceGray >> /Resources << %s >>"
    groups = [stream(group % (state % (6 + i)), b"/G gs 0.5 g " + FILL * 24) for i in range(depth)]
    return one_page(b"/G gs " + FILL, state % 5, *groups, stream(group % b"", FILL))


def shadings(n: int = 20_000) -> bytes:
    shading = (
        b"/Shading << /S << /ShadingType 3 /ColorSpace /DeviceRGB /Coords [300 300 0 300 300 500] "
        b"/Extend [true true] /Function << /FunctionType 2 /Domain [0 1] /C0 [1 0 0] /C1 [0 0 1] "
        b"/N 1 >> >> >>"
    )
    return one_page(b"/S sh\n" * n, shading)


def many_fills(n: int = 1_000_000) -> bytes:
    return one_page(FILL * n)


def images_drawn_often(times: int = 500, side: int = 4000) -> bytes:
    image = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray " % (
        side,
        side,
    )
    pixels = stream(image + b"/BitsPerComponent 8", bytes(side * side))
    return one_page(b"q 612 0 0 792 0 0 cm /I Do Q " * times, b"/XObject << /I 5 0 R >>", pixels)
