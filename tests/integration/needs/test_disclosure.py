"""Who sees a need at all, and which of its fields, on every surface."""

import io
import itertools

import openpyxl
import pytest

from matchmaker.accounts.models import OrganisationKind
from matchmaker.codes import Disclosure
from matchmaker.extensions import db
from matchmaker.lifecycles import NeedState, Role
from matchmaker.needs import operations
from matchmaker.needs.models import Need
from tests import browser

pytestmark = pytest.mark.database
OWNER = "澜州海瀚阀门有限公司"


@pytest.fixture
def readers(make, firm, institute):
    """One reader of every kind by name; None is the visitor."""
    town = make.town()
    return {
        "visitor": None,
        "owner": make.user(Role.ENTERPRISE_ADMIN, organisation=firm),
        "other_firm": make.user(Role.ENTERPRISE_ADMIN),
        "researcher": make.user(Role.RESEARCHER),
        "named": make.user(Role.RESEARCHER, organisation=institute),
        "unverified": make.user(
            Role.RESEARCHER,
            organisation=make.organisation(OrganisationKind.INSTITUTION, state="pending"),
        ),
        "officer": make.user(Role.OFFICER),
        "chief": make.user(Role.SECTION_CHIEF),
        "leader": make.user(Role.LEADER),
        "other_town": make.user(Role.TOWN_OFFICER, town=town),
        "sysadmin": make.user(Role.SYSADMIN),
    }


BUREAU = {"officer", "chief", "leader"}
EVERYONE = {
    "visitor", "owner", "other_firm", "researcher", "named", "unverified", *BUREAU,
    "other_town", "sysadmin",
}  # fmt: skip
VERIFIED = EVERYONE - {"visitor", "unverified"}
SEEN = {
    ("accepted", "public"): EVERYONE,
    ("accepted", "member"): VERIFIED,
    ("accepted", "directed"): BUREAU | {"owner", "named"},
    ("closed", "public"): EVERYONE,
    ("closed", "directed"): BUREAU | {"owner", "named"},
    ("submitted", "public"): {"owner", "officer", "leader"},
    ("returned", "public"): {"owner"},
    ("draft", "public"): {"owner"},
}


@pytest.mark.parametrize(("state", "audience"), sorted(SEEN))
def test_a_need_exists_for_its_audience_alone(
    make, client, sign_in, readers, *, firm, institute, state, audience
):
    values = {"accepted_at": operations.clock.now()} if state == "closed" else {}
    need = make.need(organisation=firm, state=NeedState(state), audience=audience, **values)
    if audience == "directed":
        direct(make, need, institute)
    for name, reader in readers.items():
        browsing = client if reader is None else sign_in(reader)
        page = browsing.get(f"/needs/{need.public_id}")
        seen = name in SEEN[state, audience]
        assert page.status_code == (200 if seen else 404), name
        assert (need.title in browser.text(browsing.get("/needs"))) is seen, name


def direct(make, need, institute):
    with make.saving():
        row = db.session.get_one(Need, need.id)
        row.directed_to = [db.session.merge(institute, load=True)]


KNOWS_THE_OWNER = BUREAU | {"owner"}


def test_an_anonymous_owner_is_named_nowhere(make, client, sign_in, readers, *, firm):
    need = make.need(organisation=firm, is_anonymous=True, foundation="已有力控试验台")
    for name, reader in readers.items():
        browsing = client if reader is None else sign_in(reader)
        columns = "title,owner_name,enterprise,foundation"
        surfaces = [
            browsing.get(f"/needs/{need.public_id}").text,
            browsing.get("/needs", query_string={"cols": columns}).text,
        ]
        if name in BUREAU | {"owner", "researcher", "named", "other_firm"}:
            found = browsing.get("/needs/export", query_string={"all": "1"})
            assert found.status_code == 200, name
            surfaces.append(cells(found))
        own = name == "owner"  # whose organisation's name stands in the page's frame
        for surface in surfaces:
            assert own or (OWNER in surface) <= (name in KNOWS_THE_OWNER), name
        found = browser.text(browsing.get("/needs", query_string={"owner": "海瀚"}))
        assert (need.title in found) is (name in KNOWS_THE_OWNER), name


def cells(response) -> str:
    book = openpyxl.load_workbook(io.BytesIO(response.data))
    return "\n".join(
        str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None
    )


def test_every_field_is_shown_at_its_level(make, app, readers, firm):
    need = make.need(organisation=firm, foundation="力控试验台", is_anonymous=True)
    inner = {"owner", *BUREAU}
    openers = {
        "P": EVERYONE,
        "M": inner | {"researcher", "named"},
        "I": KNOWS_THE_OWNER,
        "B": inner,
    }
    with app.test_request_context():
        for name, reader in readers.items():
            viewer = visitor() if reader is None else db.session.merge(reader)
            shown = operations.read(need.public_id, viewer=viewer)
            for field, letter in Need.disclosure.items():
                assert shown.sees(field) is (name in openers[letter]), (name, field)


def visitor():
    from matchmaker.accounts.identity import Visitor

    return Visitor()


def test_the_page_says_what_is_hidden_and_why(make, client):
    need = make.need(is_anonymous=True)
    said = browser.text(client.get(f"/needs/{need.public_id}"))
    assert "现有基础与已做工作：登录并认证后可见" in said
    assert "提出企业（实名）：企业选择匿名展示" in said
    assert "经办人：仅科技局可见" in said


def test_every_audience_has_a_row_of_the_matrix():
    accepted = {audience for state, audience in SEEN if state == "accepted"}
    assert accepted == {one.value for one in Disclosure}


FILTERS = {
    "q": ("打磨", "印染"),
    "field": ("804", "405"),
    "field_top": ("80", "40"),
    "category": ("tackle", "process"),
    "type": ("common", "individual"),
    "mode": ("license", "equity"),
    "budget_from": ("100", "900万"),
    "budget_to": ("900", "100"),
    "since": ("2026-10-01", "2026-12-01"),
    "owner": ("阀门", "轮胎"),
    "state": ("accepted", "draft"),
    "audience": ("public", "member"),
}


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_keeps_and_drops(make, sign_in, officer, firm, name):
    keeping, dropping = FILTERS[name]
    need = make.need(
        organisation=firm,
        category="tackle",
        need_type="common",
        coop_modes=["license", "joint_dev"],
        budget_total_fen=500_000_000,
    )
    client, key = sign_in(officer), name.removesuffix("_top")
    for value, expected in ((keeping, True), (dropping, False)):
        answer = client.get("/needs", query_string={key: value})
        assert (need.title in browser.text(answer)) is expected


def test_wrong_filter_values_narrow_nothing(make, client):
    need = make.need()
    wrong = dict.fromkeys(("town", "field", "type", "mode", "budget_from", "since"), "'; x")
    assert need.title in browser.text(client.get("/needs", query_string=wrong))


def test_filters_by_town_and_by_handler(make, sign_in, officer, firm, app):
    need = make.need(organisation=firm, handler_id=officer.id)
    other = make.need()
    with app.app_context():
        town_id = db.session.merge(firm).town_id
    client = sign_in(officer)
    for query in ({"town": town_id}, {"mine": "1"}):
        said = browser.text(client.get("/needs", query_string=query))
        assert (need.title in said, other.title in said) == (True, False)


def test_lists_do_not_ask_once_a_row(make, sign_in, researcher, app):
    counts = []
    for _ in range(2):
        for _ in range(4):
            make.need()
        with counted(app) as statements:
            sign_in(researcher).get("/needs")
        counts.append(len(statements))
    assert counts[0] == counts[1]


class counted:  # noqa: N801
    def __init__(self, app):
        self.app = app

    def __enter__(self):
        import sqlalchemy as sa

        with self.app.app_context():
            self.engine = db.engines["reader"]
        self.statements = []
        self.listener = lambda *args: self.statements.append(args[2])
        sa.event.listen(self.engine, "before_cursor_execute", self.listener)
        return self.statements

    def __exit__(self, *_):
        import sqlalchemy as sa

        sa.event.remove(self.engine, "before_cursor_execute", self.listener)


def test_an_enterprise_meets_its_own_needs_first(make, sign_in, owner, firm):
    draft = make.need(organisation=firm, state=NeedState.DRAFT, title="还没写完的需求名称")
    said = browser.text(sign_in(owner).get("/needs"))
    assert said.index("本企业的需求") < said.index(draft.title)


def test_export_is_for_those_the_table_names(make, client, sign_in, officer):
    make.need(title="=cmd|' /C calc'!A0 打磨")
    assert client.get("/needs/export").status_code == 302
    found = sign_in(officer).get("/needs/export", query_string={"cols": "title"})
    book = openpyxl.load_workbook(io.BytesIO(found.data))
    assert [cell.data_type for cell in itertools.islice(book.worksheets[0]["A"], 3)].count("f") == 0
