"""Workbooks as officers send them, and the walk from upload to import."""

import io
import re

import openpyxl

from matchmaker import jobs
from tests.browser import post

NEED_HEADINGS = ("企业名称", "需求名称", "拟解决的主要技术问题", "关键词", "预算(万元)", "合作方式")
PROBLEM = "铸件毛坯尺寸离散大,固定轨迹打磨会过切或漏磨,需要恒力控制。"
ACHIEVEMENT_HEADINGS = ("完成单位", "成果名称", "成果简介", "技术就绪度", "知识产权")
SUMMARY = "结构光相机获取点云并与数模配准,恒力末端执行器实时补偿接触力,已在泵阀铸件上运行一年。"


def workbook(rows, *, merge=()) -> io.BytesIO:
    book = openpyxl.Workbook()
    page = book.active
    for row in rows:
        page.append(row)
    for area in merge:
        page.merge_cells(area)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def needs(*rows) -> io.BytesIO:
    return workbook([NEED_HEADINGS, *rows])


def need(owner, title, *, problem=PROBLEM, budget=180, modes="委托开发", words="现场"):
    return (owner, title, problem, words, budget, modes)


def upload(client, stream, *, noun="need", name="需求.xlsx"):
    """Send a file; return the response."""
    return post(
        client,
        "/imports",
        {"noun": noun, "file": (stream, name)},
        page="/imports/new",
        content_type="multipart/form-data",
    )


def public_id(response) -> str:
    assert response.status_code == 302, response.get_data(as_text=True)
    return re.search(r"/imports/([^/?]+)", response.location).group(1)


def send_mapping(client, batch, **changes):
    """Send the columns as the page proposes them."""
    from tests.browser import values

    page = client.get(f"/imports/{batch}/mapping")
    chosen = {k: v for k, v in values(page).items() if k.startswith("column-")}
    return post(client, f"/imports/{batch}/mapping", {**chosen, **changes})


def checked(app, client, stream, *, noun="need", name="需求.xlsx", **changes) -> str:
    """Upload, map as proposed and run the dry run; return the batch's name."""
    batch = public_id(upload(client, stream, noun=noun, name=name))
    assert send_mapping(client, batch, **changes).status_code == 302
    drain(app)
    return batch


def drain(app) -> None:
    with app.app_context():
        jobs.drain()


def confirm(app, client, batch, **data):
    response = post(
        client,
        f"/imports/{batch}/confirm",
        {"clean": "y", **data},
        page=f"/imports/{batch}",
    )
    drain(app)
    return response
