"""`flask documents`: the Word templates in use."""

import click
from flask.cli import with_appcontext

from matchmaker import documents as papers
from matchmaker.documents.checking import check_file
from matchmaker.papers.giving import own_template


@click.group(help="文书模板。")
def documents() -> None:
    """Group the commands."""


@documents.command("check", help="逐个检查现用的文书模板，有问题时以 1 退出。")
@with_appcontext
def check() -> None:
    """Check the templates in use, the bureau's own under the same limits as an upload."""
    faulty = False
    for name in papers.names():
        own = own_template(name)
        faults = check_file(name, own) if own else papers.check(name, papers.path_of(name))
        faulty = faulty or bool(faults)
        said = "；".join(faults) or "合格"
        click.echo(f"{papers.get(name).title}（{'本局模板' if own else '平台模板'}）：{said}")
    if faulty:
        raise click.exceptions.Exit(1)
