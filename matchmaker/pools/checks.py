"""Rules the nouns share; each returns "" or what is wrong with the cure."""

from collections.abc import Sequence

from matchmaker import codes


def between(label: str, text: str, least: int, most: int) -> str:
    """Ask for a text of `least` to `most` characters, blanks not counted at the ends."""
    length = len(text.strip())
    if not length:
        return f"请填写{label}（{least} 至 {most} 字）"
    if length < least:
        return f"{label}至少 {least} 字，现为 {length} 字，请补充"
    return f"{label}最多 {most} 字，现为 {length} 字，请精简" if length > most else ""


def one_of(label: str, code: str, table: str) -> str:
    """Ask for a code of a code list."""
    return "" if codes.is_code(table, code) else f"请选择{label}"


def some_of(label: str, chosen: Sequence[str], table: str, most: int) -> str:
    """Ask for one to `most` codes of a code list."""
    if not chosen or not all(codes.is_code(table, code) for code in chosen):
        return f"请选择{label}（1 至 {most} 个）"
    return f"{label}最多选 {most} 个，现为 {len(chosen)} 个" if len(chosen) > most else ""


def words(label: str, found: Sequence[str], least: int, most: int) -> str:
    """Ask for `least` to `most` words."""
    if least <= len(found) <= most:
        return ""
    return f"{label}须为 {least} 至 {most} 个，现为 {len(found)} 个，用顿号隔开"
