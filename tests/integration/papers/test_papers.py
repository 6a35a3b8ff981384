"""文书模板: who may replace one, what is refused, and what documents are then made from."""

import copy
import io
import shutil
import zipfile
from datetime import UTC, datetime

import docx
import pytest
from flask import g

from matchmaker import documents, papers
from matchmaker.audit import trail
from matchmaker.audit.models import Entry
from matchmaker.documents.checking import check_file
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from tests.unit.documents.all_samples import SAMPLES
from tests.unit.documents.reading import text

pytestmark = pytest.mark.database
NAME = "bounty_failed"
PAGE = f"/settings/documents/{NAME}"


@pytest.fixture(autouse=True)
def no_own_template(instance):
    yield
    shutil.rmtree(instance / "templates", ignore_errors=True)


@pytest.fixture
def officer(make, sign_in):
    return sign_in(make.user(Role.OFFICER))


def edited(extra="本局自行增加的一句话。", name=NAME):
    paper = docx.Document(documents.path_of(name))
    paper.add_paragraph(extra)
    stream = io.BytesIO()
    paper.save(stream)
    return stream.getvalue()


def with_part(content, name, part):
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr(name, part, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def send(client, content, filename="改.docx"):
    data = {"csrf_token": token(client), "file": (io.BytesIO(content), filename)}
    answer = client.post(PAGE, data=data, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # what the test client spooled the upload to
    return answer


def token(client):
    page = client.get(PAGE).get_data(as_text=True)
    return page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]


def entries(app):
    with app.app_context():
        query = db.select(Entry).where(Entry.noun == "document_template").order_by(Entry.seq)
        return [(e.action, e.object_id) for e in db.session.scalars(query)]


@pytest.mark.parametrize("role", [Role.ENTERPRISE_USER, Role.LEADER, Role.EXPERT, Role.AUDITOR])
def test_others_do_not_find_the_pages(make, sign_in, role):
    client = sign_in(make.user(role))
    for path in ("/settings/documents", PAGE, f"{PAGE}/template"):
        assert client.get(path).status_code == 404


def test_every_document_is_listed_with_its_fields(officer):
    page = officer.get("/settings/documents").get_data(as_text=True)
    for name in documents.names():
        assert documents.get(name).title in page
        shown = officer.get(f"/settings/documents/{name}")
        assert shown.status_code == 200
        said = shown.get_data(as_text=True)
        for field in documents.fields(name):
            assert field.label in said
    assert officer.get("/settings/documents/nothing").status_code == 404


def test_a_template_is_downloaded_edited_replaced_and_restored(app, officer):
    given = officer.get(f"{PAGE}/template")
    assert given.data == documents.path_of(NAME).read_bytes()
    assert send(officer, edited()).status_code == 302
    assert "现用：本局模板" in officer.get(PAGE).get_data(as_text=True)
    with app.app_context():
        assert "本局自行增加的一句话。" in text(papers.produce(NAME, copy.deepcopy(SAMPLES[NAME])))
    assert "本局自行增加的一句话。" in text(officer.get(f"{PAGE}/template").data)
    answer = officer.post(f"{PAGE}/restore", data={"csrf_token": token(officer)})
    assert answer.status_code == 302
    with app.app_context():
        assert "本局自行" not in text(papers.produce(NAME, copy.deepcopy(SAMPLES[NAME])))
    assert entries(app) == [("replace_template", NAME), ("restore_template", NAME)]
    again = officer.post(f"{PAGE}/restore", data={"csrf_token": token(officer)})
    assert again.status_code == 409


RELS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="x" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships/image" Target="http://example.com/a.png" TargetMode="External"/>'
    b"</Relationships>"
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK no", "不是有效的 Word 文档"),
        (b"", "不是有效的 Word 文档"),
        (edited("{{ 发榜人 }}"), "系统没有“发榜人”这个字段"),
        (edited("{{ 原因.__class__ }}"), "只能写字段名、循环（for）和条件（if）"),
        (edited("{{ 原因"), "模板"),
        (edited(name="call_notice"), "系统没有“"),
        (with_part(edited(), "word/vbaProject.bin", b"x"), "带有宏"),
        (with_part(edited(), "word/_rels/footer9.xml.rels", RELS), "引用了外部的图片"),
        (with_part(edited(), "word/x.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), "不规范"),
        (with_part(edited(), "word/big.bin", b"\0" * 41 * 1024 * 1024), "超过 40 MB"),
        (edited() + b"\0" * 6 * 1024 * 1024, "不能超过 5 MB"),
        (
            with_part(edited(), "word/h.xml", b'<w:instrText> DDEAUTO c:\\\\x "a"</w:instrText>'),
            "引用外部内容的域",
        ),
    ],
)
def test_a_template_that_would_not_serve_is_refused_and_nothing_changes(
    app, officer, instance, content, said
):
    answer = send(officer, content)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True).replace("&#39;", "'")
    place = instance / "templates"
    assert not place.exists() or list(place.iterdir()) == []
    assert entries(app) == []


def test_the_child_survives_what_would_exhaust_the_site(tmp_path):
    paper = docx.Document()
    paper.add_paragraph("{{ " + "a" * 2_000_000 + "{%" * 200_000)
    path = tmp_path / "endless.docx"
    paper.save(str(path))
    assert check_file(NAME, path)


def test_a_copy_is_marked_and_on_the_trail(app, make):
    user = make.user(Role.OFFICER)
    now = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
    with app.test_request_context():
        g.request_id = "x"
        answer = papers.respond(
            NAME,
            copy.deepcopy(SAMPLES[NAME]),
            filename="流榜公告-JB2026-004",
            noun="bounty",
            object_id="abc",
            viewer=user,
            now=now,
        )
        last = trail.history("bounty", "abc")[-1]
    assert (last.action, last.details["document"]) == ("export", NAME)
    assert "%E6%B5%81%E6%A6%9C" in answer.headers["Content-Disposition"]
    comments = docx.Document(io.BytesIO(answer.data)).core_properties.comments
    assert comments == f"由 {user.name} 于 2026-11-20 12:00 从揭榜台导出"


def test_the_issuer_comes_from_the_settings(app, writing):
    now = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    stated = papers.issuer(now)
    assert stated["bureau_name"] == "海澜区科学技术局"
    assert stated["issued_on"].isoformat() == "2026-11-21"
    with pytest.raises(documents.MissingField) as refused:
        papers.produce(NAME, {**copy.deepcopy(SAMPLES[NAME]), **stated})
    assert refused.value.labels == (
        "联系电话（请在“参数设置”中填写）",
        "联系地址（请在“参数设置”中填写）",
    )


def test_the_command_checks_what_is_in_use(app, instance):
    done = app.test_cli_runner().invoke(args=["documents", "check"])
    assert done.exit_code == 0
    assert done.output.count("（平台模板）：合格") == len(documents.names())
    (instance / "templates").mkdir(exist_ok=True)
    (instance / "templates" / f"{NAME}.docx").write_bytes(edited("{{ 别的 }}"))
    done = app.test_cli_runner().invoke(args=["documents", "check"])
    assert done.exit_code == 1
    assert "流榜公告（本局模板）：系统没有“别的”这个字段" in done.output
