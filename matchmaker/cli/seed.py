"""`flask seed`: fill an empty database with the demonstration district."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from matchmaker import clock, jobs, outbox, web
from matchmaker.accounts.models import User
from matchmaker.cli.failing import Failure
from matchmaker.extensions import db
from matchmaker.lifecycles import EVERYBODY, Role
from matchmaker.seed import (
    bounties,
    bounty_bids,
    bounty_judging,
    entering,
    haste,
    leads,
    parties,
    people,
    pools,
    reading,
    relations,
    stage,
    terms,
)


@click.command("seed", help="向空数据库载入演示区（海澜区）。")
@click.option("--if-empty", is_flag=True, help="已有数据时什么也不做。")
@click.option(
    "--evaluation",
    type=click.Path(file_okay=False, path_type=Path),
    help="只把演示区的相关度判断写成 flask evaluate 可读的目录。",
)
@with_appcontext
def seed(*, if_empty: bool, evaluation: Path | None) -> None:
    """Load the district, rank its pairs, and tell the demonstration accounts."""
    if evaluation is not None:
        needs, achievements, grades = reading.write_evaluation(evaluation)
        click.echo(f"{evaluation}: 需求 {needs}，成果 {achievements}，判断 {grades}")
        return
    if not current_app.config["DEMONSTRATION"]:
        message = "演示数据只能载入演示环境。"
        raise Failure(message)
    if db.session.scalar(select(func.count()).select_from(User)):
        if not if_empty:
            message = "数据库里已有数据，没有载入。"
            raise Failure(message)
        _tell_accounts()
        return
    with haste.in_haste():
        _load()
    _tell_accounts()


def _load() -> None:
    """Fill the pools, decide on pairs, play the bounties; say how far it is."""
    click.echo("正在载入演示区 …")
    district = fill()
    click.echo(f"正在计算匹配 … {jobs.drain()} 项")
    with web.transaction():
        opened = leads.fill_leads(district)
        related = relations.fill_relations(district)
    click.echo(f"已发起对接 {opened} 条，登记关联 {related} 条；后台任务 {jobs.drain()} 项")
    click.echo(f"正在走完榜单各个阶段 … {play(district)} 步")


def fill() -> parties.District:
    """Fill every pool in one transaction."""
    with web.transaction():
        district = parties.District(now=clock.now())
        parties.fill_places(district)
        parties.fill_staff(district)
        parties.fill_enterprises(district)
        parties.fill_institutions(district)
        teams = pools.fill_teams(district)
        pools.fill_achievements(district, teams)
        pools.fill_needs(district, early=bounties.entered_before())
        people.fill_experts(district)
        people.fill_services(district)
        terms.fill_terms(district)
        entering.put_on_trail(now=district.now)
        outbox.add("matching.refit", {"cause": "载入演示区"}, now=district.now)
    return district


def play(district: parties.District) -> int:
    """Play the bounties and what leads to them through the past; return how many steps."""
    with web.transaction():
        bounty_judging.state_bureau()
        bounty_bids.set_up_keys(district, now=bounties.keys_due(district))
    district.let_go()
    return stage.play(bounties.courses(district), until=district.now)


def _tell_accounts() -> None:
    """Print one account a role, with the password they share."""
    click.echo(f"演示账号（口令都是 {parties.PASSWORD}，登录页可一键登录）：")
    for role in Role:
        if role in EVERYBODY - {Role.VISITOR}:
            click.echo(f"  {role.label:　<8}{role.value}@demo")
    holders = "、".join(f"{login}@demo" for login in bounty_bids.HOLDERS)
    click.echo(f"开标密钥（{holders}）的口令都是：{bounty_bids.PASSPHRASE}")
