"""`flask init`: prepare a real instance with its three administrators."""

import click
from flask import current_app
from flask.cli import with_appcontext

from matchmaker import clock
from matchmaker.accounts import first
from matchmaker.cli.failing import Failure
from matchmaker.errors import Refusal
from matchmaker.messages.mail import site_url
from matchmaker.web import transaction


@click.command("init", help="建立三名管理员（系统、安全保密、审计），各打印一个一次性链接。")
@with_appcontext
def init() -> None:
    """Make the three accounts and print their links once; refuse where there is data already."""
    if current_app.config["DEMONSTRATION"]:
        click.echo("演示环境：这些账号只用于演练，数据不能转入正式环境。")
    try:
        with transaction():
            found = first.administrators(now=clock.now())
    except Refusal as error:
        raise Failure(error.message) from error
    click.echo("三名管理员须由三个人分别担任。链接只显示这一次，48 小时内有效，请分别转交本人：")
    for user, token in found:
        click.echo(f"{user.name}（账号 {user.login}）：{site_url('/link/' + token)}")
    click.echo("逾期未用的，可再次运行本命令重新生成；任一账号启用后即不能再运行。")
