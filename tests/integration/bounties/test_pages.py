"""The pages: from a need to a published bounty over HTTP, and what each reader finds on it."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from matchmaker import jobs, web
from matchmaker.bounties import questions, record, timing
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.records import Question, Suggestion, Visit
from matchmaker.extensions import db
from matchmaker.lifecycles import BountyState, Role
from tests import browser
from tests.conftest import NOON
from tests.integration.bounties.conftest import TASK, need_values, published

pytestmark = pytest.mark.database


@pytest.fixture
def signed(people, sign_in):
    return {name: sign_in(getattr(people, name)) for name in
            ("officer", "chief", "leader", "admin", "auditor")}  # fmt: skip


@pytest.fixture
def out(app, make, people):
    """A published bounty's public id; its limited annex carries a token."""
    with app.app_context(), web.transaction():
        bounty = published(
            people, make.need(**need_values(people.firm)), limited_text="kanari-annex 工艺参数"
        )
        return bounty.public_id


def state_of(app):
    with app.app_context():
        return db.session.scalars(select(Bounty.state)).one()


def stage_values(client, url, **values):
    return {**browser.values(client.get(url)), **values}


def test_from_a_need_to_publication_over_http(app, make, people, signed, client):
    need = make.need(**need_values(people.firm))
    page = signed["officer"].get(f"/needs/{need.public_id}")
    assert f"/bounties/new?need={need.public_id}" in browser.links(page)
    answer = browser.post(
        signed["officer"], "/bounties/new", {"need": need.public_id},
        page=f"/bounties/new?need={need.public_id}",
    )  # fmt: skip
    assert answer.status_code == 302
    path = answer.headers["Location"].removesuffix("/edit/1")
    assert client.get(path).status_code == 404
    assert signed["admin"].get(path).status_code == 200
    one = stage_values(signed["officer"], f"{path}/edit/1")
    assert one["indicators-0-requirement"] == "≤±5 N"
    one |= {
        "task_text": TASK, "indicators-0-test_method": "第三方检测",
        "indicators-0-is_key": "y", "indicators-1-test_method": "现场实测", "action": "next",
    }  # fmt: skip
    assert browser.post(signed["officer"], f"{path}/edit/1", one).status_code == 302
    two = stage_values(signed["officer"], f"{path}/edit/2", support_type="none", action="next")
    assert browser.post(signed["officer"], f"{path}/edit/2", two).status_code == 302
    three = stage_values(
        signed["officer"], f"{path}/edit/3", coop_modes=["joint_dev"], action="next"
    )
    assert three["rubric-0-level1"]
    assert browser.post(signed["officer"], f"{path}/edit/3", three).status_code == 302
    four = stage_values(signed["officer"], f"{path}/edit/4", action="submit")
    assert browser.post(signed["officer"], f"{path}/edit/4", four).headers["Location"] == path
    assert state_of(app) is BountyState.REVIEWING
    assert browser.post(signed["officer"], f"{path}/review", page=path).status_code == 404
    assert "没有发现密级标志" in browser.text(signed["chief"].get(f"{path}/review"))
    unticked = browser.post(signed["chief"], f"{path}/review")
    assert (unticked.status_code, "勾选" in browser.text(unticked)) == (422, True)
    ticked = {"is_free_of_secrets": "y"}
    assert browser.post(signed["chief"], f"{path}/review", ticked).status_code == 302
    assert browser.post(signed["leader"], f"{path}/approve", page=path).status_code == 302
    public = browser.text(client.get(path))
    for told in ("JB2026-001", "180 万元", "第三方检测", "剩 ", "（北京时间）", "公开记录末条摘要"):
        assert told in public
    assert "kanari" not in public
    for reader in (client, *signed.values()):
        assert "修改草稿" not in browser.text(reader.get(path))


def test_a_wrong_field_is_named_and_nothing_typed_is_lost(app, make, people, signed):
    need = make.need(**need_values(people.firm))
    browser.post(
        signed["officer"],
        "/bounties/new",
        {"need": need.public_id},
        page="/bounties/new?need=" + need.public_id,
    )
    with app.app_context():
        path = f"/bounties/{db.session.scalars(select(Bounty.public_id)).one()}"
    values = stage_values(
        signed["officer"], f"{path}/edit/2", amount_fen="很多钱", support_ratio="120", action="next"
    )
    answer = browser.post(signed["officer"], f"{path}/edit/2", values)
    assert answer.status_code == 422
    assert "不是有效的金额" in browser.text(answer)
    assert browser.values(answer)["amount_fen"] == "很多钱"
    assert browser.values(answer)["support_ratio"] == "120"
    mid = stage_values(
        signed["officer"], f"{path}/edit/3", eligibility="密级：机密★10年", action="next"
    )
    answer = browser.post(signed["officer"], f"{path}/edit/3", mid)
    assert answer.status_code == 422
    assert "疑似涉密" in browser.text(answer)
    last = browser.text(signed["officer"].get(f"{path}/edit/4"))
    assert "提交会审前还需补充" in last
    typed = stage_values(signed["officer"], f"{path}/edit/1", title="自动保存的榜单名称")
    saved = browser.post(
        signed["officer"], f"{path}/edit/1/autosave", typed,
        page=f"{path}/edit/1", headers={"X-Requested-With": "fetch"},
    )  # fmt: skip
    assert saved.status_code == 200
    assert "自动保存的榜单名称" in browser.text(signed["officer"].get(f"{path}/edit/1"))
    stale = stage_values(signed["officer"], f"{path}/edit/1", version="1", action="next")
    assert browser.post(signed["officer"], f"{path}/edit/1", stale).status_code == 409


def test_rows_can_be_added_without_a_script(app, make, people, signed):
    need = make.need(**need_values(people.firm))
    browser.post(
        signed["officer"],
        "/bounties/new",
        {"need": need.public_id},
        page="/bounties/new?need=" + need.public_id,
    )
    with app.app_context():
        path = f"/bounties/{db.session.scalars(select(Bounty.public_id)).one()}"
    values = stage_values(signed["officer"], f"{path}/edit/1", action="rows")
    assert "indicators-3-name" in values
    values |= {"indicators-2-name": "使用寿命", "indicators-2-requirement": "≥2 年",
               "indicators-3-name": "噪声", "indicators-3-requirement": "≤75 dB"}  # fmt: skip
    assert browser.post(signed["officer"], f"{path}/edit/1", values).status_code == 302
    again = browser.values(signed["officer"].get(f"{path}/edit/1"))
    assert again["indicators-3-requirement"] == "≤75 dB"
    assert "indicators-5-name" in again


def test_who_reads_the_limited_annex(out, make, sign_in, signed, client):
    path = f"/bounties/{out}"
    readers = {
        "visitor": (client, False),
        "researcher": (sign_in(make.user(Role.RESEARCHER)), True),
        "institution": (sign_in(make.user(Role.INSTITUTION_ADMIN)), True),
        "rival firm": (sign_in(make.user(Role.ENTERPRISE_ADMIN)), False),
        "expert": (sign_in(make.user(Role.EXPERT)), False),
        "owner": (signed["admin"], True),
        "officer": (signed["officer"], True),
        "leader": (signed["leader"], True),
    }
    for name, (reader, may) in readers.items():
        answer = reader.get(path)
        assert answer.status_code == 200, name
        assert ("kanari-annex" in answer.get_data(as_text=True)) == may, name


def test_a_transfer_bounty_opens_its_annex_to_enterprises(app, make, sign_in):
    with app.app_context():
        from matchmaker.codes import BountyKind

        row = make.bounty(kind=BountyKind.TRANSFER, limited_text="kanari-annex")
    path = f"/bounties/{row.public_id}"
    for role, may in ((Role.ENTERPRISE_ADMIN, True), (Role.RESEARCHER, False)):
        with time_machine.travel(NOON, tick=False):
            body = sign_in(make.user(role)).get(path).get_data(as_text=True)
        assert ("kanari-annex" in body) == may


def test_questions_over_http_hide_who_asked(app, out, make, sign_in, signed, client):
    path = f"/bounties/{out}"
    asker = make.user(Role.RESEARCHER, name="提问的张工")
    reader = sign_in(asker)
    short = browser.post(reader, f"{path}/questions", {"body": "?"}, page=path)
    assert (short.status_code, "5 至 1000 字" in browser.text(short)) == (422, True)
    sent = browser.post(reader, f"{path}/questions", {"body": "样件由谁提供，多少件？"}, page=path)
    assert sent.status_code == 302
    assert "样件由谁提供" not in browser.text(client.get(path))
    jobs_path = f"{path}/questions"
    with app.app_context():
        public_id = db.session.scalars(select(Question.public_id)).one()
    for name in ("officer", "admin", "chief", "leader"):
        body = signed[name].get(jobs_path).get_data(as_text=True)
        assert "样件由谁提供" in body
        assert "张工" not in body
    assert "张工" in browser.text(signed["auditor"].get(jobs_path))
    assert reader.get(jobs_path).status_code == 404
    answer = {"ids": public_id, "public_body": "", "answer": "由发榜企业提供 20 件。"}
    assert (
        browser.post(signed["admin"], f"{path}/answers", answer, page=jobs_path).status_code == 302
    )
    public = browser.text(client.get(path))
    assert "由发榜企业提供 20 件" in public
    assert "发榜方" in public
    assert "张工" not in public
    assert "张工" not in client.get(f"{path}/record.json").get_data(as_text=True)


def test_an_amendment_over_http_is_previewed_decided_and_public(app, out, signed, client):
    path = f"/bounties/{out}"
    url = f"{path}/amend/1"
    values = stage_values(signed["officer"], url, title="改过的榜单名称", reason="表述更准确")
    preview = browser.post(signed["officer"], url, {**values, "action": "preview"})
    assert preview.status_code == 200
    assert "截榜时间不变" in browser.text(preview)
    asked = browser.post(signed["officer"], url, {**values, "action": "request"})
    assert asked.status_code == 302
    assert "改过的榜单名称" not in browser.text(client.get(path))
    steps = {
        name: [form.get("action") for form in browser.forms(signed[name].get(f"{path}/changes"))]
        for name in ("chief", "leader", "officer")
    }
    review = next(one for one in steps["chief"] if one.endswith("/review"))
    assert not any(one.endswith("/approve") for one in steps["leader"])
    assert browser.post(signed["leader"], review, page=f"{path}/changes").status_code == 404
    assert browser.post(signed["chief"], review, page=f"{path}/changes").status_code == 302
    approve = review.replace("/review", "/approve")
    assert browser.post(signed["chief"], approve, page=f"{path}/changes").status_code == 404
    assert browser.post(signed["leader"], approve, page=f"{path}/changes").status_code == 302
    public = browser.text(client.get(path))
    assert "改过的榜单名称" in public
    assert "表述更准确" in public
    assert client.get(f"{path}/changes").status_code == 302  # sign-in


def test_extension_and_withdrawal_over_http(app, out, signed, client):
    path = f"/bounties/{out}"
    with app.app_context():
        closes = db.session.scalars(select(Bounty.bid_deadline_at)).one()
    late = (closes + timedelta(days=60)).date().isoformat()
    form = {"bid_deadline_at_day": late, "bid_deadline_at_hour": "24:00", "reason": "响应团队少"}
    refused = browser.post(signed["officer"], f"{path}/extend", form, page=f"{path}/changes")
    assert (refused.status_code, "最晚可延至" in browser.text(refused)) == (422, True)
    assert browser.values(refused)["bid_deadline_at_day"] == late
    ask = {"owner_request": "11 月 19 日来函", "reason": "企业转产"}
    assert (
        browser.post(signed["officer"], f"{path}/withdraw", ask, page=f"{path}/changes").status_code
        == 302
    )
    approve = next(
        form.get("action") for form in browser.forms(signed["leader"].get(f"{path}/changes"))
        if form.get("action", "").endswith("/approve-withdrawal")
    )  # fmt: skip
    assert browser.post(signed["leader"], approve, page=f"{path}/changes").status_code == 302
    page = client.get(path)
    assert page.status_code == 200
    assert "撤榜公告" in browser.text(page)


def test_after_closing_a_failure_and_a_new_edition_over_http(app, out, people, sign_in, client):
    path = f"/bounties/{out}"
    with app.app_context():
        closes = db.session.scalars(select(Bounty.bid_deadline_at)).one()
    with time_machine.travel(closes, tick=False):
        signed = {"officer": sign_in(people.officer)}  # a month later
        text = browser.text(client.get(path))  # no job has run: the page knows all the same
        assert "已截榜" in text
        assert "剩 " not in text
        failed = browser.post(
            signed["officer"], f"{path}/fail", {"failure_kind": "no_bids", "note": ""},
            page=f"{path}/ending",
        )  # fmt: skip
        assert failed.status_code == 409  # the job has still to close it
        with app.app_context():
            jobs.run_due()
        failed = browser.post(
            signed["officer"], f"{path}/fail", {"failure_kind": "no_bids", "note": ""},
            page=f"{path}/ending",
        )  # fmt: skip
        assert failed.status_code == 302
        assert "流榜公告" in browser.text(client.get(path))
        again = browser.post(
            signed["officer"], f"{path}/republish", {"statement": "榜额提高"}, page=f"{path}/ending"
        )
        assert again.status_code == 302
        assert again.headers["Location"] != path
        assert "重新发榜" in browser.text(signed["officer"].get(again.headers["Location"]))
        assert client.get(again.headers["Location"]).status_code == 404


def test_the_record_can_be_verified_by_anybody(app, out, client):
    path = f"/bounties/{out}"
    assert "核验通过" in browser.text(client.get(f"{path}/record"))
    kept = json.loads(client.get(f"{path}/record.json").data)
    assert record.faults(kept["lines"]) == []
    script = "".join(
        re.findall(
            r"<pre[^>]*>(.*?)</pre>", client.get(f"{path}/record").get_data(as_text=True), re.DOTALL
        )
    )
    assert len(script.splitlines()) <= 30
    import hashlib

    snapshot = client.get(f"{path}/snapshot.json").data
    with app.app_context():
        row = db.session.scalars(select(Bounty)).one()
        assert hashlib.sha256(snapshot).hexdigest() == row.digest
        with web.transaction():
            row = db.session.scalars(select(Bounty)).one()
            row.snapshot = {**row.snapshot, "owner": "别人"}
    assert "核验不通过" in browser.text(client.get(f"{path}/record"))


def test_the_script_on_the_page_verifies_the_file(out, client, tmp_path):
    import html
    import subprocess
    import sys

    path = f"/bounties/{out}"
    page = client.get(f"{path}/record").get_data(as_text=True)
    script = html.unescape(re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)[0])
    (tmp_path / "record.json").write_bytes(client.get(f"{path}/record.json").data)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    broken = (tmp_path / "record.json").read_text("utf-8").replace("published", "publishes")
    (tmp_path / "record.json").write_text(broken, "utf-8")
    assert subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True
    ).returncode


def test_list_search_feed_and_documents_for_everybody(app, out, client, sign_in, make):
    listed = client.get("/bounties?q=JB2026-001")
    assert f"/bounties/{out}" in browser.links(listed)
    assert f"/bounties/{out}" in browser.links(client.get("/bounties?open=1&field=804"))
    assert f"/bounties/{out}" not in browser.links(client.get("/bounties?kind=transfer"))
    assert f"/bounties/{out}" not in browser.links(client.get("/bounties?state=closed"))
    feed = client.get("/bounties/feed.xml")
    assert feed.mimetype == "application/rss+xml"
    assert "JB2026-001" in feed.get_data(as_text=True)
    from xml.etree import ElementTree as ET

    assert ET.fromstring(feed.data).find("channel/item/title") is not None
    with app.app_context(), web.transaction():
        from matchmaker.places import operations as places

        places.set_setting("phone", "0631-5200000")
        places.set_setting("address", "海澜区科技路 1 号")
    reader = sign_in(make.user(Role.RESEARCHER))
    for name in ("bounty_notice", "bid_guide"):
        paper = reader.get(f"/bounties/{out}/papers/{name}")
        assert paper.status_code == 200, name
        assert paper.data[:2] == b"PK"
    assert reader.get(f"/bounties/{out}/papers/nothing").status_code == 404
    reader.get(f"/bounties/{out}")
    reader.get(f"/bounties/{out}")
    with app.app_context():
        assert sorted(db.session.scalars(select(Visit.what))) == ["downloaded", "opened"]


def test_coverage_is_counts_for_the_officer_and_names_for_the_auditor(
    app, out, make, sign_in, signed
):
    reader = make.user(Role.RESEARCHER, name="看过的李工")
    sign_in(reader).get(f"/bounties/{out}")
    team = make.team()
    with app.app_context():
        jobs.drain()
        public_id = db.session.scalars(
            select(Suggestion.public_id).where(Suggestion.team_id == team.id)
        ).one()
    path = f"/bounties/{out}/invitations"
    page = signed["officer"].get(path).get_data(as_text=True)
    assert "李工" not in page
    none = browser.post(signed["officer"], path, {})
    assert (none.status_code, "勾选" in browser.text(none)) == (422, True)
    assert browser.post(signed["officer"], path, {"ids": public_id}).status_code == 302
    assert "已邀请" in browser.text(signed["officer"].get(path))
    assert signed["officer"].get(f"/bounties/{out}/visits").status_code == 404
    assert "李工" in browser.text(signed["auditor"].get(f"/bounties/{out}/visits"))
    assert signed["chief"].get(path).status_code == 200
    assert browser.post(signed["chief"], path, {"ids": public_id}).status_code == 404


def test_follow_and_follow_no_longer(out, make, sign_in, client):
    reader, path = sign_in(make.user(Role.RESEARCHER)), f"/bounties/{out}"
    assert browser.post(reader, f"{path}/follow", page=path).status_code == 302
    assert ">取消关注<" in reader.get(path).text
    assert browser.post(reader, f"{path}/follow", page=path).status_code == 302
    assert ">取消关注<" not in reader.get(path).text


def test_several_enterprises_settle_shares_and_consent_over_http(
    app, make, people, sign_in, signed
):
    firms = [make.organisation() for _ in range(3)]
    admins = [sign_in(make.user(Role.ENTERPRISE_ADMIN, organisation=firm)) for firm in firms]
    needs = [make.need(**need_values(firm)) for firm in firms]
    query = "&".join(f"need={need.public_id}" for need in needs)
    answer = browser.post(
        signed["officer"], "/bounties/new", {"need": [need.public_id for need in needs]},
        page=f"/bounties/new?{query}",
    )  # fmt: skip
    path = answer.headers["Location"].removesuffix("/edit/1")
    ids = [int(n) for n in re.findall(r'name="share-(\d+)"', signed["officer"].get(path).text)]
    assert len(ids) == 3
    wrong = {f"share-{one}": "33.33" for one in ids}
    browser.post(signed["officer"], f"{path}/shares", wrong, page=path)
    assert "99.99%" in browser.text(signed["officer"].get(path))
    right = dict(zip(wrong, ("33.34", "33.33", "33.33"), strict=True))
    assert browser.post(signed["officer"], f"{path}/shares", right, page=path).status_code == 302
    for admin, source in zip(admins, ids, strict=True):
        assert browser.post(admin, f"{path}/consent/{source}", page=path).status_code == 302
    other = browser.post(admins[0], f"{path}/consent/{ids[1]}", page=path)
    assert other.status_code == 403
    assert "待同意" not in browser.text(signed["officer"].get(path))


def test_an_owner_asks_for_a_bounty(app, make, people, signed):
    from matchmaker.messages.models import Message

    need = make.need(**need_values(people.firm, created_by_id=people.admin.id))
    path = f"/needs/{need.public_id}"
    assert "申请发榜" in browser.text(signed["admin"].get(path))
    sent = browser.post(signed["admin"], "/bounties/propose", {"need": need.public_id}, page=path)
    assert sent.status_code == 302
    with app.app_context():
        jobs.drain()
        told = db.session.scalars(select(Message.subject)).all()
        assert any(one.startswith("申请发榜") for one in told)


def test_questions_close_when_the_page_says(app, out, make, sign_in):
    with app.app_context():
        row = db.session.scalars(select(Bounty)).one()
        ends = row.question_deadline_at
        assert timing.day_and_hour(ends)[1] == "17:00"
    asker, path = make.user(Role.RESEARCHER), f"/bounties/{out}"
    with time_machine.travel(ends, tick=False), app.app_context():
        reader = sign_in(asker)
        assert "提问已于" in browser.text(reader.get(path))
        row = db.session.scalars(select(Bounty)).one()
        assert not questions.takes_questions(row)


def test_whoever_fits_finds_the_bounty_on_the_first_page(app, make, people, sign_in, client):
    author = make.user(Role.RESEARCHER)
    make.achievement(institution_id=author.organisation_id, created_by_id=author.id)
    with app.app_context():
        with web.transaction():
            bounty = published(people, make.need(**need_values(people.firm)))
            public_id, closes = bounty.public_id, bounty.bid_deadline_at
        jobs.drain()
    home = sign_in(author).get("/")
    assert "适合您的榜单" in browser.text(home)
    assert f"/bounties/{public_id}" in browser.links(home)
    assert "适合您的榜单" not in browser.text(sign_in(make.user(Role.RESEARCHER)).get("/"))
    assert "正在揭榜" in browser.text(client.get("/"))
    with time_machine.travel(closes, tick=False):
        assert "适合您的榜单" not in browser.text(sign_in(author).get("/"))
        assert "正在揭榜" not in browser.text(client.get("/"))


def test_programs_read_what_people_read(out, client, sign_in, make):
    found = client.get("/api/bounties").json["items"]
    assert [one["public_id"] for one in found] == [out]
    assert found[0]["present_state"]["code"] == "published"
    assert "limited_text" not in found[0]
    assert "handler" not in found[0]
    row = sign_in(make.user(Role.RESEARCHER)).get(f"/api/bounties/{out}").json
    assert row["limited_text"].startswith("kanari-annex")
    assert row["url"] == f"/bounties/{out}"


def test_who_may_bid_finds_the_way(out, client, sign_in, make, signed):
    path = f"/bounties/{out}"
    assert f"/bids/start/{out}" in browser.links(sign_in(make.user(Role.RESEARCHER)).get(path))
    for reader in (client, signed["admin"], signed["officer"]):
        assert f"/bids/start/{out}" not in browser.links(reader.get(path))
