"""How a command of ours fails: one line in Chinese, exit status 1."""

from typing import IO, Any

import click
from click.utils import echo


class Failure(click.ClickException):
    """Ends a command; click itself would print "Error:" before the sentence."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence to the error stream."""
        echo(f"错误：{self.format_message()}", file=file, err=file is None)
