"""Actions in the view Read."""


def choose(page, *paths):
    """Choose files to read."""
    page.set_input_files("#choose", list(map(str, paths)))


def open_settings(page):
    page.locator("#photo-settings > summary").click()
