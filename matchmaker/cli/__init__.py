"""Commands: `flask …`."""

import click
from flask import Flask
from flask.cli import with_appcontext

from matchmaker import jobs, starting

# Imported for the commands they add to `ops`.
from matchmaker.cli import checking, drill, personal, scanning  # noqa: F401
from matchmaker.cli.audit import audit
from matchmaker.cli.demo_clock import demo_clock
from matchmaker.cli.documents import documents
from matchmaker.cli.evaluate import evaluate_command
from matchmaker.cli.init import init
from matchmaker.cli.match import match_command
from matchmaker.cli.ops import ops
from matchmaker.cli.policy import policy
from matchmaker.cli.seed import seed

COMMANDS = (audit, demo_clock, documents, init, evaluate_command, match_command, ops, policy, seed)


def register(app: Flask) -> None:
    """Attach every command to the application."""
    for command in COMMANDS:
        app.cli.add_command(command)

    @app.cli.command("jobs", help="运行后台任务，直到收到停止信号。")
    @click.option("--once", is_flag=True, help="处理完现有任务就退出。")
    @with_appcontext
    def run_jobs(*, once: bool) -> None:
        if once:
            click.echo(f"处理 {jobs.drain()} 项")
        else:
            starting.refuse(app)
            jobs.consume(app)
