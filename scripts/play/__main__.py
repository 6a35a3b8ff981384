"""Play a bounty from a blank district to 兑榜 on the real site, printing each step."""

import argparse
import contextlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from play import bids, bounties, cast, contracts, keys, needs, parties, reviewing
from play.browser import Screen
from play.person import Person
from play.site import ROOT, Site

SHOTS = ROOT / "test-results" / "play"
CHAPTERS: tuple[tuple[str, Callable[[cast.Cast], None]], ...] = (
    ("三员就位", cast.administrators),
    ("局内人员", cast.staff),
    ("单位注册与认证", parties.register),
    ("科研人员", parties.researchers),
    ("专家入库", parties.experts),
    ("企业提需求", needs.post),
    ("院所录成果", needs.achievement),
    ("开标密钥", keys.set_up),
    ("起草榜单", bounties.draft),
    ("会审与发布", bounties.publish),
    ("揭榜：填写、确认、密封", bids.write),
    ("截榜前不可见", bids.outsider_sees_nothing),
    ("离线核验回执", bids.check_offline),
    ("截榜", reviewing.close),
    ("两人开标", reviewing.open_bids),
    ("形式审查", reviewing.check),
    ("抽取专家", reviewing.draw),
    ("评分", reviewing.score),
    ("结论、选定、拟揭榜决定", reviewing.conclude),
    ("公示", reviewing.announce),
    ("回执与反馈", contracts.find_out),
    ("签约", contracts.sign),
    ("三个里程碑", contracts.milestones),
    ("验收", contracts.accept),
    ("兑榜与归档", contracts.archive),
    ("核验", contracts.verify),
)


def play(site: Site, screen: Screen | None, chosen: list[str]) -> None:
    """Play every chapter; those `chosen` (all where none is) in Chromium, if there is a screen."""
    people = cast.Cast(site)
    for title, chapter in CHAPTERS:
        seen = screen is not None and (not chosen or title in chosen)
        people.change(screen.visitor if screen is not None and seen else Person)
        print(f"—— {title}", flush=True)
        chapter(people)


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    titles = [title for title, _ in CHAPTERS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="folder for the instance and what was downloaded")
    parser.add_argument(
        "--browser",
        nargs="*",
        choices=titles,
        metavar="章",
        help="in Chromium: these chapters, or all; the others over HTTP",
    )
    parser.add_argument("--without-scripts", action="store_true", help="JavaScript switched off")
    parser.add_argument("--shots", type=Path, default=SHOTS, help="folder for the pictures")
    return parser.parse_args()


def main() -> None:
    """Play; the first thing that goes otherwise ends the play with its words."""
    asked = arguments()
    with tempfile.TemporaryDirectory(prefix="play-") as made, contextlib.ExitStack() as stack:
        folder = asked.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        screen = None
        if asked.browser is not None:
            screen = stack.enter_context(Screen(asked.shots, scripts=not asked.without_scripts))
        play(stack.enter_context(Site(folder)), screen, asked.browser or [])
        print(f"共 {Person.steps} 步，用时 {time.monotonic() - began:.0f} 秒。")
        if screen is not None:
            print(f"截图 {screen.taken} 张，在 {asked.shots}。")


if __name__ == "__main__":
    main()
