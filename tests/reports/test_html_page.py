import re
from html.parser import HTMLParser

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="needs pip install 'numerals[lab]'")

from matplotlib.figure import Figure

from numerals.displays.chart_style import ACCENT, new_axes, render_figure
from numerals.displays.image_grid import plot_images
from numerals.reports.html_page import (
    CaptionedFigure,
    GalleryTile,
    PageSection,
    write_page,
)
from numerals.reports.text_tables import ReportTable

VOID = {"meta", "link", "img", "br", "hr", "input"}
LOADS = {"src", "srcset", "href", "xlink:href", "data", "poster", "action"}


class Checker(HTMLParser):
    """Tracks open elements, and collects the URLs that the page refers to."""

    def __init__(self):
        super().__init__()
        self.open, self.loads, self.ids, self.tags, self.text = [], [], [], set(), []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        self.collect(attributes)

    def handle_startendtag(self, tag, attributes):
        self.tags.add(tag)
        self.collect(attributes)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def collect(self, attributes):
        self.loads += [value for name, value in attributes if name in LOADS]
        self.ids += [value for name, value in attributes if name == "id"]


def check_page(path):
    """Check that a page is well-formed and makes no network requests; return the parsed page."""
    html = path.read_text(encoding="utf-8")
    page = Checker()
    page.feed(html)
    assert page.open == [], "an element is not closed"
    assert "script" not in page.tags
    assert all(load.startswith(("#", "data:")) for load in page.loads), page.loads
    assert not re.search(r"url\((?!#)|@import", html)
    assert len(set(page.ids)) == len(page.ids), "an id occurs twice"
    assert {load[1:] for load in page.loads if load.startswith("#")} <= set(page.ids)
    return page


@pytest.fixture
def chart():
    axes = render_figure(new_axes, None, 4, 3).axes[0]
    axes.plot([0, 1], [0, 1], color=ACCENT)
    axes.set_xlabel("coverage")
    return axes.figure


def test_a_page_with_all_kinds_of_contents(tmp_path, chart):
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28)).astype(np.uint8)
    opaque = Figure(figsize=(2, 2))
    opaque.subplots().imshow(images[0])
    grid = render_figure(plot_images, images, ["a", "b", "c"])
    sections = [
        PageSection(
            "Charts", "One.\n\nTwo <b>.", figures=[chart, CaptionedFigure(chart, "A caption.")]
        ),
        PageSection("Pictures", figures=[grid, opaque]),
        PageSection(
            "Table", table=ReportTable(("a", "b"), [("x", "1"), ("y", "2")], strong=frozenset({1}))
        ),
        PageSection("Gallery", gallery=[GalleryTile(image, "3 → 7", "0.98") for image in images]),
    ]
    path = tmp_path / "new" / "page.html"
    write_page(path, "Title & more", "The lead.", sections, facts=[("99 %", "accuracy")])
    page = check_page(path)
    assert {"figure", "figcaption", "svg", "img", "table", "nav"} <= page.tags
    text = " ".join(page.text)
    assert "Two <b>." in text and "Title & more" in text and "coverage" in text
    assert "99\u00a0%" in text
    assert [item.name for item in path.parent.iterdir()] == ["page.html"]


def test_charts_follow_light_and_dark_mode(tmp_path, chart):
    write_page(tmp_path / "page.html", "T", "L", [PageSection("S", figures=[chart])])
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    svg = html[html.index("<svg") : html.index("</svg>")]
    assert "var(--accent)" in svg and ACCENT not in svg
    assert "prefers-color-scheme: dark" in html and "@media print" in html


def test_figures_with_an_opaque_background_keep_their_colors(tmp_path):
    figure = Figure(figsize=(2, 2))
    figure.subplots().plot([0, 1], color=ACCENT)
    write_page(tmp_path / "page.html", "T", "L", [PageSection("S", figures=[figure])])
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert ACCENT in html and '<figure class="light"' in html


def test_an_existing_file_stays_if_rendering_fails(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("before")
    with pytest.raises(AttributeError):
        write_page(path, "T", "L", [PageSection("S", figures=["not a figure"])])
    assert path.read_text() == "before"
