"""Requests for tests of batches."""

import time

from served import encoded


def make_batch(client, **body) -> str:
    """Create a batch and return its id."""
    answer = client.post("/v1/batches", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def upload(client, batch: str, *names: str, **contents: bytes) -> dict:
    """Add pictures, whose stems are the numbers they show, and files with other contents."""
    files = [("files", (name, encoded(name.rsplit("/", 1)[-1].split(".")[0]))) for name in names]
    files += [("files", (name.replace("__", "."), data)) for name, data in contents.items()]
    answer = client.post(f"/v1/batches/{batch}/items", files=files)
    assert answer.status_code == 201, answer.text
    return answer.json()


def wait_until_read(client, batch: str, seconds: float = 120) -> dict:
    """Wait until a batch has files and all of them are read; return the batch."""
    for _ in range(round(seconds / 0.05)):
        found = client.get(f"/v1/batches/{batch}").json()
        if found["state"] == "done" and found["files"]:  # a watched one gets its first file later
            return found
        time.sleep(0.05)
    raise AssertionError(f"was not read: {found}")


def list_items(client, batch: str, **query) -> list[dict]:
    answer = client.get(f"/v1/batches/{batch}/items", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def texts_of(client, batch: str) -> dict[str, list[str]]:
    """Return the answers of each file, by its name."""
    return {
        item["name"]: [row["text"] for row in item["rows"]] for item in list_items(client, batch)
    }
