"""Who reads an achievement and what of it: page, list, filters, export."""

from types import SimpleNamespace as S

import pytest
from sqlalchemy import event

from matchmaker import web
from matchmaker.achievements.models import Achievement
from matchmaker.audit import trail
from matchmaker.extensions import db
from matchmaker.lifecycles import PoolState, Role
from tests import browser
from tests.integration.achievements.posting import WHAT, only, path

pytestmark = pytest.mark.database


PRICED = {"asking_price_fen": 80_000_000, "is_negotiable": False, "reg_no": "9372026Y0001"}


SECRET = {"detail": "执行器图纸编号甲七"}


def statements(app, client, address):
    """Return how many statements reading a page takes."""
    seen = []
    with app.app_context():
        engine = db.engines["reader"]
    event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    assert client.get(address).status_code == 200
    return len(seen)


def test_drafts_of_others_are_not_there(app, make, sign_in, officer):
    row = make.achievement(state=PoolState.DRAFT)
    others = [
        app.test_client(),
        sign_in(make.user(Role.RESEARCHER)),
        sign_in(make.user(Role.INSTITUTION_ADMIN)),
        sign_in(make.user(Role.ENTERPRISE_ADMIN)),
        sign_in(officer),
    ]
    for client in others:
        assert client.get(path(row)).status_code == 404
        assert row.title not in browser.text(client.get("/achievements/?state=draft"))
    admin = sign_in(make.user(Role.INSTITUTION_ADMIN, organisation=S(id=row.institution_id)))
    assert admin.get(path(row)).status_code == 200
    stranger = others[1]
    assert stranger.get(path(row, "/edit/what")).status_code == 404
    answer = browser.post(stranger, path(row, "/edit/what"), WHAT, page="/achievements/")
    assert answer.status_code == 404


def test_anothers_published_row_is_read_not_moved(app, make, sign_in):
    row = make.achievement()
    client = sign_in(make.user(Role.RESEARCHER))
    assert client.get(path(row)).status_code == 200
    for address in ("/edit/what", "/versions"):
        assert client.get(path(row, address)).status_code == 403
    data = {"action": "withdraw", "reason": "恶意下架"}
    assert browser.post(client, path(row, "/move"), data, page=path(row)).status_code == 403
    assert only(app).state is PoolState.PUBLISHED


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ((None, False), ""),
        ((Role.ENTERPRISE_USER, False), "M"),
        ((Role.BROKER, False), "M"),
        ((Role.EXPERT, False), ""),
        ((Role.RESEARCHER, False), ""),
        ((Role.RESEARCHER, True), "MCB"),
        ((Role.INSTITUTION_ADMIN, False), ""),
        ((Role.INSTITUTION_ADMIN, True), "MCB"),
        ((Role.OFFICER, False), "MB"),
        ((Role.LEADER, False), "MB"),
        ((Role.AUDITOR, False), ""),
        ((Role.SYSADMIN, False), ""),
    ],
)
def test_each_role_sees_its_fields(app, make, sign_in, who, sees):
    role, own = who
    row = make.achievement(**PRICED, **SECRET)
    client = app.test_client()
    if role is not None:
        user = make.user(role, **({"organisation": S(id=row.institution_id)} if own else {}))
        client = sign_in(user)
        if own and role is Role.RESEARCHER:
            with app.app_context(), web.transaction():
                db.session.get_one(Achievement, row.id).created_by_id = user.id
    seen = browser.text(client.get(path(row)))
    assert row.summary[:20] in seen
    assert ("80 万元" in seen) is ("M" in sees)
    assert ("9372026Y0001" in seen) is ("M" in sees)
    assert (SECRET["detail"] in seen) is ("C" in sees)
    assert ("办理记录" in seen) is ("B" in sees)
    listed = browser.text(client.get("/achievements/?price=200"))
    assert (row.title in listed) is ("M" in sees or role is None)


def test_a_price_filter_tells_a_visitor_nothing(app, make, sign_in):
    row = make.achievement(**PRICED)
    for band in ("50", "200", "more"):
        assert row.title in browser.text(app.test_client().get(f"/achievements/?price={band}"))
    firm = sign_in(make.user(Role.ENTERPRISE_USER))
    assert row.title in browser.text(firm.get("/achievements/?price=200"))
    assert row.title not in browser.text(firm.get("/achievements/?price=50"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=磨抛", True),
        ("q=%25", False),
        ("field=80", True),
        ("field=804", True),
        ("field=40", False),
        ("trl_from=7&trl_to=9", True),
        ("trl_to=7", False),
        ("trl_from=%C2%B2", True),
        ("mode=license", True),
        ("mode=equity", False),
        ("ip=invention", True),
        ("ip=software", False),
        ("institution=澜州", True),
        ("institution=北京", False),
        ("origin=international", False),
        ("state=published", True),
        ("state=offline", False),
        ("sort=-trl&cols=title,trl,stage", True),
    ],
)
def test_the_list_is_narrowed(app, make, query, found):
    row = make.achievement(
        transfer_modes=["license"], ip_items=[{"type": "invention", "no": "", "status": ""}]
    )
    seen = browser.text(app.test_client().get(f"/achievements/?{query}"))
    assert (row.title in seen) is found


def test_the_list_is_exported_as_it_stands_and_recorded(app, make, sign_in, officer):
    make.achievement(title="甲种导电浆料制备技术")
    make.achievement(title="乙种导电浆料制备技术")
    client = sign_in(officer)
    answer = client.get("/achievements/export?q=甲种&format=csv&cols=title,trl")
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("成果名称,就绪度")
    assert [line for line in lines if "导电浆料" in line] == ["甲种导电浆料制备技术,8"]
    with app.app_context():
        assert [e.action for e in trail.history("achievement", "")] == ["export"]
    assert app.test_client().get("/achievements/export").status_code == 302


def test_a_longer_list_costs_no_more_queries(app, make):
    counts = []
    for wanted in (2, 12):
        for _ in range(wanted):
            make.achievement(team_id=make.team().id)
        counts.append(statements(app, app.test_client(), "/achievements/"))
    assert counts[0] == counts[1]
