"""Numbers to check for tests of the Check view."""

import time

from page_batches import encoded_png

ALL_READINGS = {"review-show": "all"}  # whatever their confidence


def empty_queue(request, server: str) -> None:
    """Skip all numbers that wait."""
    while items := request.get(f"{server}/v1/review?limit=100").json()["items"]:
        for item in items:
            request.post(f"{server}/v1/review/{item['id']}/skip", data={"by": "test"})


def add_numbers(request, server: str, pictures: dict) -> list[str]:
    """Read pictures, given by file name, and keep them; return the ids of their lines."""
    lines = []
    for name, picture in pictures.items():
        file = {"name": name, "mimeType": "image/png", "buffer": encoded_png(picture)}
        answer = request.post(
            f"{server}/v1/read", params={"keep": "true"}, multipart={"picture": file}
        )
        assert answer.ok, answer.text()
        lines += [line["line_id"] for line in answer.json()["pages"][0]["lines"]]
    return lines


def change_items(page, changes: dict[str, dict]) -> None:
    """Show the items of some texts with other properties, such as a lower confidence."""

    def change(route):
        found = route.fetch()
        body = found.json()
        for item in body["items"]:
            item |= changes.get(item["read"], {})
        route.fulfill(response=found, json=body)

    page.route("**/v1/review?*", change)


def answers_of(request, server: str, lines: list[str]) -> list[tuple[str, str]]:
    """Return the state and text of some lines."""
    found = []
    for line in lines:
        items = request.get(f"{server}/v1/review/{line}/page").json()["items"]
        (item,) = (each for each in items if each["id"] == line)
        found.append((item["state"], item["text"]))
    return found


def wait_until(page, find, expected, seconds: float = 30) -> None:
    """Wait until a function returns what is expected; the page goes on working meanwhile."""
    deadline = time.monotonic() + seconds
    while (found := find()) != expected and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert found == expected


def wait_for_answers(page, server: str, lines: list[str], expected) -> None:
    """Wait until the service has these answers."""
    wait_until(page, lambda: answers_of(page.request, server, lines), expected)
