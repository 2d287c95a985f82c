"""Routes of the review that concern several lines: selections, groups, pages, answers together."""

import pytest
from served import encoded, failure_of


@pytest.fixture
def fresh(serve):
    """Return a client whose store keeps pictures, and the ids of three lines."""
    client = serve(keep="pictures")
    lines = []
    for number in ("417", "417", "2985"):
        reading = client.post("/v1/read", content=encoded(number)).json()
        lines.append(reading["pages"][0]["lines"][0]["line_id"])
    return client, lines


def test_items_have_their_page(fresh):
    client, lines = fresh
    (item,) = client.get("/v1/review?text=2985").json()["items"]
    assert item["id"] == lines[2]
    page = item["page_of"]
    assert page["width"] > item["box"][2] and page["turn"] == 0 and page["relations"] == []
    answer = client.get(page["picture"])
    assert answer.headers["content-type"] in ("image/png", "image/jpeg")
    assert client.get(f"/v1/review/{lines[0]}/page-picture?side=64").status_code == 200
    failure_of(client.get(f"/v1/review/{lines[0]}/page-picture?side=1"), 422)
    failure_of(client.get("/v1/review/999999/page-picture"), 404)


def test_a_page_that_is_not_stored_has_no_picture(client, picture):
    line = client.post("/v1/read", content=picture).json()["pages"][0]["lines"][0]["line_id"]
    found = client.get(f"/v1/review/{line}/page").json()["items"]
    assert [item["id"] for item in found] == [line]
    assert found[0]["page_of"]["picture"] is None
    failure_of(client.get(f"/v1/review/{line}/page-picture"), 404)
    failure_of(client.get("/v1/review/x/page"), 404)


def test_groups_and_pages(fresh):
    client, lines = fresh
    assert client.get("/v1/review/groups").json() == {"groups": [{"text": "417", "count": 2}]}
    pages = client.get("/v1/review/pages").json()["pages"]
    assert [page["line_id"] for page in pages] == lines
    assert pages[0] == {"line_id": lines[0], "source": "picture", "page": 1, "count": 1}
    assert client.get("/v1/review?marks=only").json()["waiting"] == 0


def test_lines_are_answered_and_undone_together(fresh):
    client, lines = fresh
    client.post(f"/v1/review/{lines[1]}", json={"text": "1", "by": "bob"})
    answers = [{"id": line, "text": "", "version": "0"} for line in [*lines, "999999"]]
    body = {"by": "ann", "answers": answers}
    for _ in range(2):  # repeating it changes nothing
        found = client.post("/v1/review/answers", json=body).json()
        assert [item["id"] for item in found["items"]] == [lines[0], lines[2]]
        assert [(item["id"], item["by"]) for item in found["conflicts"]] == [(lines[1], "bob")]
    assert {(item["text"], item["state"]) for item in found["items"]} == {("", "corrected")}
    changes = [{"id": item["id"], "change": item["change"]} for item in found["items"]]
    undone = client.post("/v1/review/undo", json={"by": "ann", "changes": changes}).json()
    assert {item["state"] for item in undone["items"]} == {"waiting"}
    assert client.get("/v1/review").json()["waiting"] == 2


@pytest.mark.parametrize(
    "answers",
    [[], [{"id": "1"}], [{"id": "1", "text": "abc"}], [{"id": "1", "text": "4"}] * 101, "x"],
)
def test_invalid_answers_are_refused(fresh, answers):
    client, _ = fresh
    failure_of(client.post("/v1/review/answers", json={"answers": answers}), 422)


@pytest.mark.parametrize(
    "query", ["show=x", "marks=x", "order=x", "batch=" + "1" * 21, "text=" + "1" * 201]
)
@pytest.mark.parametrize("route", ["", "/groups", "/pages", "/keying", "/differences"])
def test_invalid_selections_are_refused(client, route, query):
    failure_of(client.get(f"/v1/review{route}?by=ann&{query}"), 422)


def test_two_reviewers_are_blind_to_each_other(fresh):
    client, lines = fresh

    def listed(by):
        return client.get("/v1/review/keying", params={"by": by}).json()

    before = listed("bob")
    assert "417" not in str(before) and before["waiting"] == 3
    answer = client.post(f"/v1/review/{lines[0]}/keying", json={"text": "417", "by": "ann"})
    assert answer.status_code == 204
    assert listed("bob") == before  # nothing tells that ann has answered
    assert listed("ann")["waiting"] == 2
    client.post(f"/v1/review/{lines[0]}/keying", json={"text": "411", "by": "bob"})
    (item,) = client.get("/v1/review/differences").json()["items"]
    assert item["answers"] == [{"by": "ann", "text": "417"}, {"by": "bob", "text": "411"}]
    client.post(f"/v1/review/{lines[0]}/keying/undo", json={"by": "bob"})
    assert client.get("/v1/review/differences").json() == {"items": []}
    client.post(f"/v1/review/{lines[0]}/keying", json={"text": "417", "by": "bob"})
    (change,) = client.get(f"/v1/review/{lines[0]}/history").json()["changes"]
    assert (change["by"], change["kind"]) == ("ann and bob", "confirm")


def test_keying_needs_a_name_and_a_number(client, picture):
    line = client.post("/v1/read", content=picture).json()["pages"][0]["lines"][0]["line_id"]
    failure_of(client.get("/v1/review/keying"), 422)
    for body in ({"text": "4"}, {"text": "abc", "by": "ann"}, {"by": "ann"}):
        failure_of(client.post(f"/v1/review/{line}/keying", json=body), 422)
    failure_of(client.post("/v1/review/999999/keying", json={"text": "4", "by": "ann"}), 404)
