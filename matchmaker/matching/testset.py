"""Test sets on disk: corpus.jsonl, queries.jsonl and qrels.tsv in one folder."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from matchmaker.matching.weighting import Document

DROPPED = -1  # the grade that takes a document out of the ranking of its query
GRADES = range(-1, 11)
HEADING = ["query-id", "doc-id", "grade"]


class TestSetRefused(ValueError):
    """A folder that cannot be evaluated on; says why in Chinese."""

    __test__ = False  # no class of tests, whatever pytest makes of the name


@dataclass(frozen=True)
class TestSet:
    """Documents, queries, and the grade of each judged document by query."""

    __test__ = False

    documents: tuple[Document, ...]
    queries: tuple[Document, ...]
    grades: Mapping[str, Mapping[str, int]]

    @cached_property
    def is_graded(self) -> bool:
        """Whether relevance has degrees: some grade is above 1."""
        return any(grade > 1 for judged in self.grades.values() for grade in judged.values())


def load(folder: Path) -> TestSet:
    """Read a test set. Raises TestSetRefused naming the file and line at fault."""
    documents, queries = (_texts(folder / name) for name in ("corpus.jsonl", "queries.jsonl"))
    grades = _grades(folder / "qrels.tsv", {q.id for q in queries}, {d.id for d in documents})
    return TestSet(documents, queries, grades)


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Each line that is not blank, with the words that name its place."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise TestSetRefused(f"找不到文件 {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise TestSetRefused(f"文件 {path} 无法按 UTF-8 文本读取：{error}") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield f"{path.name} 第 {number} 行", line.rstrip("\r")


def _texts(path: Path) -> tuple[Document, ...]:
    found: dict[str, Document] = {}
    for place, line in _lines(path):
        try:
            entry = json.loads(line)
            text = Document(entry["id"], title=entry.get("title", ""), body=entry.get("text", ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise TestSetRefused(f"{place}不是含 id、title、text 的 JSON 对象") from None
        if not all(isinstance(value, str) for value in (text.id, text.title, text.body)):
            raise TestSetRefused(f"{place}的 id、title、text 须为字符串")
        if not text.id or text.id in found:
            raise TestSetRefused(f"{place}的 id“{text.id}”为空或重复")
        found[text.id] = text
    if not found:
        raise TestSetRefused(f"文件 {path} 没有内容")
    return tuple(found.values())


def _grades(path: Path, queries: set[str], documents: set[str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    lines = _lines(path)
    if next(lines, ("", ""))[1].split("\t") != HEADING:
        raise TestSetRefused(f"{path.name} 的首行须为 {'、'.join(HEADING)}，以制表符分隔")
    for place, line in lines:
        match line.split("\t"):
            case [query, document, grade] if query in queries and document in documents:
                found.setdefault(query, {})[document] = _grade(grade, place)
            case [_, _, _]:
                raise TestSetRefused(f"{place}的编号不在 queries.jsonl 或 corpus.jsonl 中")
            case _:
                raise TestSetRefused(f"{place}须为三列，以制表符分隔")
    if not found:
        raise TestSetRefused(f"文件 {path} 没有内容")
    return found


def _grade(written: str, place: str) -> int:
    try:
        grade = int(written)
    except ValueError:
        grade = min(GRADES) - 1
    if grade not in GRADES:
        raise TestSetRefused(f"{place}的等级须为 {min(GRADES)} 至 {max(GRADES)} 的整数")
    return grade
