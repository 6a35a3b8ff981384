"""The first page for everybody, and search that tells nobody too much."""

import html5lib
import pytest

from matchmaker.codes import Disclosure
from matchmaker.lifecycles import NeedState, Role

pytestmark = pytest.mark.database


def text_of(response):
    assert response.status_code == 200
    html5lib.HTMLParser(strict=False).parse(response.data)
    return response.get_data(as_text=True)


def test_a_visitor_reads_only_what_is_public(client, make):
    make.need(title="公开的打磨难题")
    make.need(title="会员的打磨难题", audience=Disclosure.MEMBER)
    make.need(title="草稿的打磨难题", state=NeedState.DRAFT)
    make.need(
        title="匿名的打磨难题",
        is_anonymous=True,
        organisation=make.organisation(name="不愿露名的工厂"),
    )
    for url in ("/", "/search?q=打磨"):
        page = text_of(client.get(url))
        assert "公开的打磨难题" in page
        assert "匿名的打磨难题" in page
        for hidden in ("会员的打磨难题", "草稿的打磨难题", "不愿露名的工厂"):
            assert hidden not in page


def test_a_verified_researcher_finds_what_members_may_read(make, sign_in):
    make.need(title="会员的打磨难题", audience=Disclosure.MEMBER)
    page = text_of(sign_in(make.user(Role.RESEARCHER)).get("/search?q=会员 打磨"))
    assert "会员的打磨难题" in page


def test_hostile_search_text_stays_text(client):
    page = text_of(client.get("/search?q=<script>alert(1)</script>%25_\\'"))
    assert "<script>alert(1)" not in page


def test_the_bureau_lands_on_its_desk_with_late_rows_first(make, sign_in):
    from tests.factories import BORN

    officer = make.user(Role.OFFICER)
    make.need(title="等了很久的需求", state=NeedState.SCREENED, submitted_at=BORN)
    client = sign_in(officer)
    assert client.get("/").headers["Location"] == "/desk"
    page = text_of(client.get("/desk"))
    assert "等了很久的需求" in page
    assert "逾期" in page


def test_the_desk_shows_a_town_assistant_the_own_town_only(make, sign_in):
    here, there = make.town(), make.town()
    for town, title in ((here, "本镇的需求"), (there, "别镇的需求")):
        firm = make.organisation(town_id=town.id)
        make.need(title=title, organisation=firm, state=NeedState.SUBMITTED)
    page = text_of(sign_in(make.user(Role.TOWN_OFFICER, town=here)).get("/desk"))
    assert "本镇的需求" in page
    assert "别镇的需求" not in page


def test_the_desk_is_not_for_outsiders(make, sign_in, client):
    assert sign_in(make.user(Role.RESEARCHER)).get("/desk").status_code == 404
    assert client.get("/desk").headers["Location"].startswith("/sign-in")


def test_an_enterprise_sees_its_own_needs_first(make, sign_in):
    user = make.user(Role.ENTERPRISE_ADMIN)
    firm = type("Firm", (), {"id": user.organisation_id})
    make.need(title="我们的草稿", state=NeedState.DRAFT, organisation=firm)
    make.need(title="别家的草稿", state=NeedState.DRAFT)
    page = text_of(sign_in(user).get("/"))
    assert "我们的草稿" in page
    assert "别家的草稿" not in page
