"""The import contracts hold, and each fails on a copy of the code that breaks it."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")
BREACHES = {
    "layers": ("matchmaker/accounts/links.py", "from matchmaker.needs import models"),
    "pure": ("matchmaker/workdays.py", "import sqlalchemy"),
    "operations": ("matchmaker/reporting/operations.py", "from flask import request"),
    "views": ("matchmaker/needs/views.py", "from matchmaker.extensions import db"),
    "ranking": ("matchmaker/needs/operations.py", "from matchmaker.matching import ranking"),
}


def lint(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--no-logo", "--no-cache", *options],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", "static", "data")
    shutil.copytree(ROOT / "matchmaker", tmp_path / "matchmaker", ignore=ignored)
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_the_contracts_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_every_contract_is_tried() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter", encoding="utf-8")
    prefix = "importlinter:contract:"
    named = {one.removeprefix(prefix) for one in config.sections() if one.startswith(prefix)}
    assert named == set(BREACHES)


@pytest.mark.parametrize("contract", BREACHES)
def test_a_breach_is_found(copy: Path, contract: str) -> None:
    path, statement = BREACHES[contract]
    with (copy / path).open("a", encoding="utf-8") as file:
        file.write(f"\n{statement}\n")
    done = lint(copy, "--contract", contract)
    assert done.returncode == 1
    assert "0 kept, 1 broken" in done.stdout
    assert Path(path).stem in done.stdout


def test_a_new_folder_must_find_its_place(copy: Path) -> None:
    (copy / "matchmaker" / "novelty").mkdir()
    (copy / "matchmaker" / "novelty" / "__init__.py").touch()
    done = lint(copy, "--contract", "layers")
    assert done.returncode == 1
    assert "matchmaker.novelty" in done.stdout + done.stderr


def test_views_of_every_noun_are_under_their_contract() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter", encoding="utf-8")
    listed = config["importlinter:contract:views"]["source_modules"].split()
    package = ROOT / "matchmaker"
    found = {f"matchmaker.{p.parent.name}.{p.stem}" for p in package.glob("*/*_views.py")}
    assert found <= set(listed)
