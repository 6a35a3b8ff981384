"""Every address of the application, filled with the rows there are."""

import hashlib
import io
import itertools
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import openpyxl
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker import policy
from matchmaker.accounts.identity import Visitor
from matchmaker.accounts.models import User
from matchmaker.achievements import operations as achievements
from matchmaker.achievements import teams
from matchmaker.api.resources import RESOURCES
from matchmaker.experts import operations as experts
from matchmaker.extensions import db
from matchmaker.services import brokers
from matchmaker.services import operations as services
from matchmaker.sessions import WebSession

NO_CHANGE = "Xa_-0123456789zX"
POOLS = (achievements.POOL, teams.POOL, experts.POOL, services.POOL, brokers.POOL)
# What stands for the other parts of an address; a part that is missing here fails the test.
PARTS: dict[str, tuple[Any, ...]] = {
    "filename": ("nothing.css",),
    "session_id": (1, 10**30),
    "grant_id": (1, 10**30),
    "row_id": (1, 10**30),
    "entry_id": (1, 10**30),
    "file_id": (1, 10**30),
    "stage": (1, 99),
    "token": ("x" * 43,),
    "name": ("bounty_notice", "x"),
    "source_id": (1, 10**30),
    "change_id": (NO_CHANGE,),
    "noun": ("need", "nothing"),
    "day": ("2026-10-01", "x"),
    "role": ("officer", "x"),
    "decision": ("accept", "x"),
    "action": ("contact", "x"),
    "digest": ("0" * 64,),
    "chair": ("officer", "x"),
    "document_id": ("x" * 16,),
    "milestone_id": ("x" * 16,),
    "payment_id": ("x" * 16,),
    "line_id": ("x" * 16,),
    "kind": ("contract", "x"),
}
KEYS: dict[str, tuple[str, ...]] = {
    "api": tuple(RESOURCES),
    "settings": ("towns", "sections", "x"),
    "papers": ("call_notice", "contract_development", "x"),
    "reporting": ("needs_submitted", "x"),
}
CONTRACTS = ("contracts", "contract_texts", "milestones", "contract_closing", "contract_ending",
             "races")  # fmt: skip
NOUNS = {
    "brokering": ("pairing", "need", "achievement"),
    "bounties": ("bounty", "draft_bounty"),
    "following": ("bounty", "draft_bounty"),
    **dict.fromkeys(CONTRACTS, ("tech_contract",)),
}
WAYS_OUT = {"static", "bootstrap.static"}
NO_ROW = "Xa_-0123456789zZ"


def _rows_of(blueprint: str, rows: Mapping[str, Any]) -> list[str]:
    """Return the rows a blueprint shows (all of the pools for the API) and one that is not."""
    nouns = NOUNS.get(blueprint, (blueprint.rstrip("s"),))
    mine = [
        row.public_id
        for name, row in rows.items()
        if blueprint == "api" or any(noun in (name, row.__tablename__) for noun in nouns)
    ]
    return [*mine, NO_ROW]


def _part(name: str, blueprint: str, rows: Mapping[str, Any]) -> tuple[Any, ...]:
    if name == "public_id":
        return tuple(_rows_of(blueprint, rows))
    if name == "key":
        known = {pool.views: pool.stages[0].key for pool in POOLS}
        return KEYS[blueprint] if blueprint in KEYS else (known[blueprint], "x")
    return PARTS[name]


def _worth_asking(filled: Mapping[str, Any], rows: Mapping[str, Any]) -> bool:
    """Of the API's nouns by rows: its own rows, one of each third noun, and none at all."""
    noun = RESOURCES[filled["key"]].model.__tablename__
    other = {row.public_id: row.__tablename__ for row in rows.values()}.get(filled["public_id"])
    return other in (None, noun) or zlib.crc32(f"{noun}{other}".encode()) % 3 == 0


def addresses(app: Flask, rows: Mapping[str, Any], *, method: str) -> Iterator[tuple[str, str]]:
    """Yield (endpoint, path) of every route that takes `method`, for the rows it is about."""
    builder = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()) or rule.endpoint in WAYS_OUT:
            continue
        names = sorted(rule.arguments)
        parts = [_part(name, rule.endpoint.split(".")[0], rows) for name in names]
        for values in itertools.product(*parts):
            filled = dict(zip(names, values, strict=True))
            if rule.endpoint == "api.show" and not _worth_asking(filled, rows):
                continue
            yield rule.endpoint, builder.build(rule.endpoint, filled, method=method)


def viewer(app: Flask, client: FlaskClient) -> policy.Standing:
    """Return what the policy asks of whoever this client is signed in as."""
    cookie = client.get_cookie(app.session_interface.get_cookie_name(app))
    if cookie is None:
        return policy.Standing.of(Visitor())
    token = hashlib.sha256(cookie.value.encode()).hexdigest()
    with app.app_context():
        number = db.session.scalar(select(WebSession.user_id).where(WebSession.token_hash == token))
        user = db.session.get(User, number) if number else None
        return policy.Standing.of(user or Visitor())


REFUSED_LOOKED_AT = 12  # of as many pages that a role may never open, one is looked at all the same


def worth_a_look(
    app: Flask,
    client: FlaskClient,
    found: Iterable[tuple[str, str]],
    *,
    every: int = REFUSED_LOOKED_AT,
) -> list[str]:
    """Return the paths whose view would run for this client, and a sample of the others.

    The guard before a view refuses the others before anything is read; `test_matrix` and, with
    `every=1`, `scripts/test --full` hold it to that.
    """
    kept, refused, reader = [], 0, viewer(app, client)
    for endpoint, path in found:
        bound = getattr(app.view_functions[endpoint], "policy", None)
        if bound is not None and not policy.may(reader, *bound):
            refused += 1
            if refused % every:
                continue
        kept.append(path)
    return kept


def body(response: Any) -> str:
    """Return all a reader can find in an answer, workbooks unpacked, thousands without commas."""
    if "spreadsheet" in response.content_type:
        book = openpyxl.load_workbook(io.BytesIO(response.data))
        cells = (cell for sheet in book for row in sheet.values for cell in row)
        text = "\n".join(str(cell) for cell in cells if cell is not None)
    elif "wordprocessingml" in response.content_type:
        with zipfile.ZipFile(io.BytesIO(response.data)) as package:
            parts = [package.read(name) for name in package.namelist() if name.endswith(".xml")]
        text = re.sub(r"<[^>]*>", "", b"\n".join(parts).decode())
    else:
        text = response.get_data(as_text=True)
    return re.sub(r"(?<=\d),(?=\d{3})", "", text)


def links(text: str) -> set[str]:
    """Return the paths on this site that a page links to."""
    found = re.findall(r'(?:href|action)="(/[^"#]*)', text)
    return {one.replace("&amp;", "&") for one in found if not urlsplit(one).path.endswith(".css")}


TOKEN = re.compile(r"kanari\d+yin|(?<!\d)1\d{4}(?=\s*万元|000000\b)|[0-9A-Z]{18}")


def column_keys(page: str) -> list[str]:
    """Return every column a list's page offers to choose."""
    return re.findall(r'name="cols"[^>]*value="([^"]+)"', page)
