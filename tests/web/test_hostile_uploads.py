"""PDFs that never finish rendering do not block the service."""

import time
from concurrent.futures import ThreadPoolExecutor

from served import failure_of

import hostile_pdfs as pdfs
from numerals.images import pdf_process


def test_service_responds_while_two_hostile_pdfs_render(serve, picture, monkeypatch):
    monkeypatch.setattr(pdf_process.PDF_LIMITS, "seconds", 1.0)
    client = serve(n_threads=2, store=None)
    bodies = [pdfs.soft_masks(), pdfs.tiling_patterns()]
    with ThreadPoolExecutor(3) as pool:
        hostile = [pool.submit(client.post, "/v1/read?name=bad.pdf", content=b) for b in bodies]
        time.sleep(0.3)
        assert client.get("/healthz").status_code == 200
        for answer in hostile:
            message = failure_of(answer.result(), 413)
            assert "bad.pdf: takes longer than" in message
    answer = client.post("/v1/read", content=picture).json()
    assert [page["text"] for page in answer["pages"]] == ["417"]
