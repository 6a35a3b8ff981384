"""`flask audit verify`: walk the chain of the audit trail."""

import click
from flask.cli import with_appcontext

from matchmaker.audit import chain
from matchmaker.cli.failing import Failure


@click.group("audit", help="审计日志。")
def audit() -> None:
    """Group the commands of the audit trail."""


@audit.command("verify", help="逐条校验审计日志；有改动或缺失时返回非零。")
@with_appcontext
def verify() -> None:
    """Print the number of entries; fail where one was changed or is missing."""
    count, fault = chain.verify()
    if fault:
        message = f"校验到第 {count} 条：{fault}"
        raise Failure(message)
    click.echo(f"审计日志共 {count} 条，完整无改动")
