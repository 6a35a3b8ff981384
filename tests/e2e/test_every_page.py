"""Every page the navigation offers to a role opens, reads aloud, fits a phone and is light."""

import pytest

from tests.e2e.walker import Walker

pytestmark = pytest.mark.browser
LISTS = ("/bounties", "/notices", "/calls", "/contracts", "/reviews", "/awards", "/bids")
MAIN = ("officer", "enterprise_user", "researcher", "leader")  # their pages are read aloud
OTHER = (
    *("enterprise_admin", "institution_admin", "broker", "expert", "town_officer"),
    *("section_chief", "auditor", "sysadmin", "secadmin"),
)


def test_a_visitor_can_open_every_public_page(walker: Walker) -> None:
    walker.open("/")
    for path in walker.links():
        walker.open(path)
    for path in walker.first_rows(LISTS):
        walker.open(path)
    assert walker.seen["/"] > 0


@pytest.mark.parametrize("role", [*MAIN, *OTHER])
def test_a_role_can_open_every_page_of_its_navigation(walker: Walker, role: str) -> None:
    walker.sign_in_as(role)
    paths = walker.links()
    assert paths, f"{role} has no navigation"
    for path in paths:
        walker.open(path, axe=role in MAIN)
    for path in walker.first_rows(LISTS) if role in MAIN else ():
        walker.open(path)


def test_what_does_not_exist_is_said_kindly(walker: Walker) -> None:
    page = walker.open("/no-such-page", status=404)
    assert "参考编号" in page.inner_text("main")
