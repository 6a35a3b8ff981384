"""The user dictionary and the synonyms as two text files, for the commands without a database."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from matchmaker.cli.failing import Failure
from matchmaker.matching import Segmenter, TermRefused, check_term

BETWEEN = re.compile(r"[、,，\t]")
MOST_NAMED = 10  # wrong lines told at once
T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., Any])
_File = click.Path(path_type=Path)


class WordsRefused(Failure):
    """A file of words that cannot be used; names the file, each wrong line and the cure."""


def options(command: Command) -> Command:
    """Add `--words FILE` and `--synonyms FILE` to a command; `segmenter` reads them."""
    words = click.option(
        "--words", type=_File, metavar="FILE", help="用户词典：文本文件，每行一个词。"
    )
    synonyms = click.option(
        "--synonyms",
        type=_File,
        metavar="FILE",
        help="同义词：文本文件，每行一组，词间用顿号、逗号或制表符隔开，第一个为标准说法。",
    )
    return words(synonyms(command))


def segmenter(words: Path | None, synonyms: Path | None) -> Segmenter:
    """Return the segmenter of both files, either of which may be missing. Raises WordsRefused."""
    known = _read(words, check_term) if words else []
    groups = _read(synonyms, _group) if synonyms else []
    return Segmenter(tuple(known), tuple(groups))


def _group(line: str) -> tuple[str, ...]:
    parts = [part.strip() for part in BETWEEN.split(line)]
    found = tuple(dict.fromkeys(check_term(part) for part in parts if part))
    if len(found) < 2:  # noqa: PLR2004
        raise TermRefused(f"“{line}”至少要有两个词，用顿号、逗号或制表符隔开")
    return found


def _read(path: Path, parse: Callable[[str], T]) -> list[T]:
    """Parse every line that is not blank; refuse the file with all its wrong lines."""
    found, wrong = [], []
    for number, line in _lines(path):
        try:
            found.append(parse(line))
        except TermRefused as error:
            wrong.append(f"第 {number} 行：{error}")
    if wrong:
        more = f"；另有 {len(wrong) - MOST_NAMED} 行" if len(wrong) > MOST_NAMED else ""
        raise WordsRefused(f"{path.name}：{'；'.join(wrong[:MOST_NAMED])}{more}")
    if not found:
        raise WordsRefused(f"{path.name}：文件里没有词，请每行写一个（同义词每行一组）")
    return found


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        content = path.read_bytes()
    except OSError:
        raise WordsRefused(f"{path.name}：找不到或打不开这个文件，请检查路径") from None
    for number, line in enumerate(_decoded(content, path.name).splitlines(), start=1):
        if line.strip():
            yield number, line.strip()


def _decoded(content: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise WordsRefused(f"{name}：不是文本文件，请另存为 UTF-8 编码的 .txt")
