"""`flask policy`: print the permission table, compare it with the bureau's, show the crosswalk."""

import csv
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from matchmaker.cli.failing import Failure
from matchmaker.policy import crosswalk, table

NAMED = ("resource", "state", "action", "allow", "own")


@click.group("policy", help="权限表：打印，与科技局的表比对，状态对照。")
def policy() -> None:
    """Group the commands."""


@policy.command("print", help="按 CSV 打印系统实际使用的权限表。")
@click.option("--named", is_flag=True, help="只打印科技局的表中有的行，不含补充的行。")
@with_appcontext
def show(*, named: bool) -> None:
    """Print the table the engine uses, row by row."""
    columns = NAMED if named else (*NAMED, "added")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in table.rows():
        if not (named and row.added):
            writer.writerow(table.as_line(row)[: len(columns)])


@policy.command("compare", help="与另一份 permissions.csv 逐行比对；有出入则返回 1。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def compare(file: Path) -> None:
    """Compare the named rows with a file's, both ways; say which differ."""
    with file.open(encoding="utf-8", newline="") as opened:
        given = [tuple(line[name] for name in NAMED) for line in csv.DictReader(opened)]
    theirs = {_sorted(line) for line in given}
    ours = {_sorted(table.as_line(row)[: len(NAMED)]) for row in table.rows() if not row.added}
    for line in sorted(theirs - ours):
        click.echo(f"只在 {file.name}：{','.join(line)}")
    for line in sorted(ours - theirs):
        click.echo(f"只在系统：{','.join(line)}")
    added = sum(bool(row.added) for row in table.rows())
    click.echo(f"一致 {len(ours & theirs)} 行；系统另有注明理由的补充行 {added} 行。")
    if ours != theirs:
        raise Failure("与系统使用的权限表不一致。")


def _sorted(line: tuple[str, ...]) -> tuple[str, ...]:
    """Return a line with its roles in one order, so that only their being there counts."""
    return *line[:3], *(" ".join(sorted(cell.split())) for cell in line[3:])


@policy.command("crosswalk", help="打印权限表的状态与系统状态的对照。")
@with_appcontext
def states() -> None:
    """Print which of the system's states each of the table's states means."""
    for resource, state, built in crosswalk.lines():
        click.echo(f"{resource},{state},{' '.join(built)}")
