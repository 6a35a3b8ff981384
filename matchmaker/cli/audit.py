"""`flask audit verify`: walk the chain of the audit trail."""

import click
from flask.cli import with_appcontext

from matchmaker.audit import verifying
from matchmaker.cli.failing import Failure


@click.group("audit", help="审计日志。")
def audit() -> None:
    """Group the commands of the audit trail."""


@audit.command("verify", help="逐条校验审计日志，并与另存的链头和每日锚点比对；不符时返回非零。")
@click.option(
    "--head",
    "heads",
    type=(int, str),
    multiple=True,
    metavar="序号 摘要",
    help="再与纸上或邮件中的锚点比对，可重复。",
)
@with_appcontext
def verify(heads: tuple[tuple[int, str], ...]) -> None:
    """Print the number of entries; fail where one was changed or is missing."""
    given = [(number, digest.strip().lower(), "所给的锚点") for number, digest in heads]
    count, fault = verifying.whole(given=given)
    if fault:
        message = f"校验到第 {count} 条：{fault}"
        raise Failure(message)
    click.echo(f"审计日志共 {count} 条，完整无改动")
