"""Write the example needs and achievements as two workbooks in a bureau's own layout.

Title rows, merged cells, a note, a serial column, headings of their own: what officers send.
What the examples lack and a submission wants is filled in plainly: seven tenths of the budget go
to the bidder, patents get fictional numbers, rights belong to the unit.

Usage: example_workbooks.py EXAMPLES.json FOLDER
"""

import json
import sys
from pathlib import Path

from xlsxwriter import Workbook

NEEDS = ("序号", "编号", "需求单位", "统一社会信用代码", "技术需求名称", "背景情况", "技术需求",
         "主要技术指标", "所属技术领域", "行业代码", "拟合作方式", "经费预算（万元）",
         "榜金（万元）", "期限（月）", "目标TRL", "关键字", "知识产权归属", "揭榜条件")  # fmt: skip
ACHIEVEMENTS = ("序号", "编号", "成果持有单位", "科技成果名称", "成果介绍", "主要技术指标",
                "技术领域代码", "成熟度", "专利情况", "拟转化方式", "转让价格（万元）", "主题词",
                "权属情况")  # fmt: skip
PATENTS = {"发明专利": "1", "实用新型专利": "2", "实用新型": "2", "外观设计专利": "3"}
SHORTEST_BACKGROUND = 30  # characters
X = 10  # a remainder written as one letter
WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def plain(name: str) -> str:
    """Return an organisation's name without the remark that it is fictional."""
    return name.replace("(虚构)", "")


def right(kind: str, number: int) -> str:
    """Return a right with a fictional number whose check digit holds, where it is a patent."""
    if kind not in PATENTS:
        return kind
    body = f"2021{PATENTS[kind]}{number:07d}"
    rest = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    return f"{kind} {body}.{'X' if rest == X else rest}"


def texts(need: dict) -> tuple[str, str]:
    """Return background and problem; a background too short to stand alone opens the problem."""
    background, problem = need["background"], need["problem"]
    stands_alone = len(background) >= SHORTEST_BACKGROUND
    return (background, problem) if stands_alone else ("", background + problem)


def need_rows(needs: list[dict]) -> list[tuple]:
    """Return a row for each need."""
    return [
        (
            number, need["id"], plain(need["enterprise"]), "", need["title"], *texts(need),
            "\n".join(need["key_indicators"]), need["tech_field_code"],
            need["industry_code"], "、".join(need["cooperation_modes"]), need["budget_wan"],
            round(need["budget_wan"] * 0.7), need["duration_months"], f"TRL{need['target_trl']}",
            "；".join(need["keywords"]), need["ip_ownership"], need["bidder_conditions"],
        )
        for number, need in enumerate(needs, start=1)
    ]  # fmt: skip


def achievement_rows(achievements: list[dict]) -> list[tuple]:
    """Return a row for each achievement."""
    return [
        (
            number, one["id"], plain(one["owner_org"]), one["title"], one["summary"],
            "\n".join(one["key_indicators"]), one["tech_field_code"], f"{one['trl']}级",
            "、".join(right(kind, number) for kind in one["ip_items"]),
            "、".join(one["transfer_modes"]), one["price_wan"], "；".join(one["keywords"]),
            "单位所有",
        )
        for number, one in enumerate(achievements, start=1)
    ]  # fmt: skip


def write(path: Path, title: str, headings: tuple[str, ...], rows: list[tuple]) -> None:
    """Write one workbook: merged title, merged note, headings on the third row."""
    with Workbook(path) as book:
        page = book.add_worksheet("汇总表")
        bold = book.add_format({"bold": True, "align": "center"})
        page.merge_range(0, 0, 0, len(headings) - 1, title, bold)
        page.merge_range(1, 0, 1, len(headings) - 1, "填报单位：区科技局　　联系人：略", None)
        page.write_row(2, 0, headings, bold)
        for number, row in enumerate(rows, start=3):
            page.write_row(number, 0, row)


def main(examples: str, folder: str) -> None:
    """Write both workbooks into the folder."""
    data = json.loads(Path(examples).read_text(encoding="utf-8"))
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    write(target / "needs.xlsx", "企业技术需求汇总表", NEEDS, need_rows(data["needs"]))
    write(
        target / "achievements.xlsx",
        "高校院所科技成果汇总表",
        ACHIEVEMENTS,
        achievement_rows(data["achievements"]),
    )
    print(f"{target}: needs.xlsx, achievements.xlsx")


if __name__ == "__main__":
    main(*sys.argv[1:3])
