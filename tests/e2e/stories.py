"""What the stories need beside a browser: workbooks, the site's database, who may sign in."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl

from matchmaker.seed.parties import PASSWORD
from tests.e2e.walker import Walker


def workbook(path: Path, *rows: list[str]) -> Path:
    """Write a workbook of one sheet, as somebody's own table."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def ask(database: Path, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return what the database answers, or carry out a change."""
    with closing(sqlite3.connect(database, timeout=20)) as connection, connection:
        return connection.execute(query, values).fetchall()


def sign_in(walker: Walker, login: str) -> None:
    """Sign in by account and password, as outside a demonstration."""
    walker.sign_out()
    page = walker.page
    page.goto(f"{walker.home}sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_selector("nav.sidebar", state="attached")


def administrator(database: Path, organisation: str) -> str:
    """Return the account that runs an organisation."""
    query = """SELECT login FROM user_account AS person
        JOIN organisation ON organisation_id = organisation.id
        JOIN role_grant ON role_grant.user_id = person.id
        WHERE organisation.name = ? AND role LIKE '%_admin' ORDER BY person.id"""
    return str(ask(database, query, organisation)[0][0])
