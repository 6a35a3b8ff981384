"""The written district as plain values, read from the four files in `data/`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("data")
PARTS = ("machinery", "materials", "energy", "life")
TOWNS = (
    ("城东街道", "street"),
    ("城西街道", "street"),
    ("港湾街道", "street"),
    ("望海街道", "street"),
    ("临江街道", "street"),
    ("青石镇", "town"),
    ("柳林镇", "town"),
    ("白沙镇", "town"),
    ("云桥镇", "town"),
    ("高新技术产业园区", "park"),
    ("临港化工园区", "park"),
    ("海洋科技产业园", "park"),
)
SECTIONS = ("成果转化与区域创新科", "高新技术科", "农村与社会发展科技科", "产学研合作科")
CHAINS = {
    "高端装备": ("铸锻与热处理", "数控加工", "机器人与检测"),
    "新材料": ("橡塑与助剂", "含氟材料", "碳材料与有色深加工"),
    "新能源与电力": ("输变电设备", "储能电池", "氢能与风光"),
    "海洋经济": ("船舶与海工", "水产种苗与养殖", "海洋食品与生物制品"),
    "生命健康": ("原料药与制剂", "医疗器械", "中药与天然产物"),
    "绿色环保": ("膜与水处理", "废气治理", "固废利用"),
}


@dataclass(frozen=True)
class Part:
    """One file: entries refer to each other by keys that are unique within the part."""

    name: str
    content: dict[str, Any]

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """Return the part's entries of one kind, in the written order."""
        found: list[dict[str, Any]] = self.content[kind]
        return found

    def name_of(self, key: str) -> str:
        """Return the district-wide key of an entry."""
        return f"{self.name}-{key}"


@cache
def parts() -> tuple[Part, ...]:
    """Return the four parts."""
    return tuple(
        Part(name, json.loads((DATA / f"{name}.json").read_text(encoding="utf-8")))
        for name in PARTS
    )


def relevance() -> Iterator[tuple[str, str, int]]:
    """Yield (need, achievement, grade 0–3) by district-wide keys."""
    for part in parts():
        for need, achievement, grade in part.entries("relevance"):
            yield part.name_of(need), part.name_of(achievement), int(grade)


def write_evaluation(folder: Path) -> tuple[int, int, int]:
    """Write the district as `flask evaluate` reads it; return (needs, achievements, grades)."""
    folder.mkdir(parents=True, exist_ok=True)
    queries, corpus = [], []
    for part in parts():
        for need in part.entries("needs"):
            text = " ".join([*need["keywords"], need["problem"], need["background"]])
            queries.append({"id": part.name_of(need["key"]), "title": need["title"], "text": text})
        for found in part.entries("achievements"):
            text = " ".join([*found["keywords"], found["summary"]])
            corpus.append({"id": part.name_of(found["key"]), "title": found["title"], "text": text})
    for name, rows in (("queries", queries), ("corpus", corpus)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    grades = sorted(set(relevance()))
    table = "query-id\tdoc-id\tgrade\n" + "".join(f"{q}\t{d}\t{g}\n" for q, d, g in grades)
    (folder / "qrels.tsv").write_text(table, encoding="utf-8")
    return len(queries), len(corpus), len(grades)
