"""Static files: compressed where fresh and wanted, dated by their digest."""

import gzip
import os
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from matchmaker import assets

CSS = b"p { color: #111 }\n" * 100


@pytest.fixture
def served(tmp_path: Path) -> FlaskClient:
    (tmp_path / "a.css").write_bytes(CSS)
    app = Flask("served", static_folder=str(tmp_path), static_url_path="/static")
    assets.init_app(app)
    return app.test_client()


def pack(folder: Path, *, age: int) -> None:
    packed = folder / "a.css.gz"
    packed.write_bytes(gzip.compress(CSS))
    changed = (folder / "a.css").stat().st_mtime - age
    os.utime(packed, (changed, changed))


def get(client: FlaskClient, path: str = "/static/a.css", accepts: str = "gzip, br"):
    with client.get(path, headers={"Accept-Encoding": accepts}) as answer:
        return answer, answer.get_data()


def test_a_fresh_copy_is_served_compressed(served: FlaskClient, tmp_path: Path) -> None:
    pack(tmp_path, age=0)
    answer, body = get(served)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert gzip.decompress(body) == CSS


@pytest.mark.parametrize(("age", "accepts"), [(5, "gzip"), (0, "identity"), (0, "gzip;q=0")])
def test_a_stale_or_unwanted_copy_is_not_served(
    served: FlaskClient, tmp_path: Path, age: int, accepts: str
) -> None:
    pack(tmp_path, age=age)
    answer, body = get(served, accepts=accepts)
    assert "Content-Encoding" not in answer.headers
    assert body == CSS


def test_an_address_with_a_digest_is_kept_for_a_year(served: FlaskClient) -> None:
    with served.application.test_request_context():
        address = url_for("static", filename="a.css")
    assert "?v=" in address
    assert "max-age=31536000" in get(served, address)[0].headers["Cache-Control"]
    assert "max-age" not in get(served)[0].headers["Cache-Control"]


def test_an_edit_changes_the_address(served: FlaskClient, tmp_path: Path) -> None:
    with served.application.test_request_context():
        before = url_for("static", filename="a.css")
        (tmp_path / "a.css").write_bytes(CSS + b"\n")
        os.utime(tmp_path / "a.css", (1, 1))
        assert url_for("static", filename="a.css") != before


@pytest.mark.parametrize("path", ["/static/none.css", "/static/../secret", "/static/%2e%2e/secret"])
def test_what_is_not_there_is_not_found(served: FlaskClient, tmp_path: Path, path: str) -> None:
    (tmp_path.parent / "secret").write_text("x")
    assert get(served, path)[0].status_code == 404


def test_templates_can_ask_what_set_up_brought(served: FlaskClient) -> None:
    with served.application.test_request_context():
        assert assets.exists("a.css")
        assert not assets.exists("vendor/htmx.min.js")
        assert not assets.exists("../secret")
