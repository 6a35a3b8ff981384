"""What the scripts install from: locks that pin all, name no host, and scripts that stay short."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NAMES = ("run", "test", "semantic")
LOCKS = {name: (ROOT / "requirements" / f"{name}.lock").read_text("utf-8") for name in NAMES}
SHELL = [ROOT / ".ci" / "run", *(ROOT / "scripts" / n for n in ("setup", "serve", "test", "check"))]
LONGEST = 20  # lines of a shell script


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", lock, re.MULTILINE))


def normal(requirement: str) -> str:
    return re.split(r"[=<>\[ ]", requirement)[0].lower().replace("_", "-").replace(".", "-")


def test_the_run_lock_pins_every_dependency() -> None:
    assert {normal(one) for one in PROJECT["project"]["dependencies"]} <= set(pins(LOCKS["run"]))


def test_the_test_lock_pins_the_run_lock_and_the_tools() -> None:
    pinned = pins(LOCKS["test"])
    assert pins(LOCKS["run"]).items() <= pinned.items()
    assert {normal(one) for one in PROJECT["dependency-groups"]["test"]} <= set(pinned)


@pytest.mark.parametrize("requirement", PROJECT["project"]["dependencies"])
def test_the_lock_follows_the_project_file(requirement: str) -> None:
    if "==" in requirement:
        assert pins(LOCKS["run"])[normal(requirement)] == requirement.split("==")[1]


def test_the_encoder_is_pinned_apart_from_the_run_and_the_tests() -> None:
    (extra,) = PROJECT["project"]["optional-dependencies"]["semantic"]
    assert extra == "==".join(*pins(LOCKS["semantic"]).items())
    assert normal(extra) not in pins(LOCKS["run"]) | pins(LOCKS["test"])


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host_and_hashes_everything(name: str) -> None:
    assert "://" not in LOCKS[name]
    assert all("--hash=" in part for part in re.split(r"\n(?=[a-z])", LOCKS[name]))


def test_the_front_end_lock_names_no_host() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert not any("resolved" in one for one in packages.values())
    assert packages["node_modules/htmx.org"]["integrity"].startswith("sha512-")


@pytest.mark.parametrize("path", SHELL, ids=lambda path: path.name)
def test_a_shell_script_is_short_and_stops_at_the_first_failure(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert "set -euo pipefail" in text
    assert path.stat().st_mode & 0o100
