"""The planted links are found and the look-alikes left alone, as written and varied."""

import importlib.util
import sys
from pathlib import Path

import pytest
from rapidfuzz import fuzz

from matchmaker.kinship import naming

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def script():
    path = ROOT / "scripts" / "measure_conflicts.py"
    spec = importlib.util.spec_from_file_location("measure_conflicts", path)
    module = importlib.util.module_from_spec(spec)
    known = list(sys.path)
    sys.modules["measure_conflicts"] = module
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = known


def test_there_are_as_many_as_promised(script):
    data = script.read()
    assert len(data["links"]) >= 50
    assert len(data["decoys"]) >= 200
    kinds = {link["kind"] for link in data["links"]}
    assert kinds == {str(kind) for kind in script.Kind} - {"same_person"}


def test_as_written(script):
    outcome = script.measure(script.read())
    assert outcome.recall >= 0.98
    assert outcome.precision >= 0.95
    assert outcome.strict >= 0.8
    assert outcome.level_right >= 0.95 * len(outcome.found)


@pytest.mark.parametrize("seed", [3001, 3002, 3003])
def test_varied(script, seed):
    outcome = script.measure(script.Variation(seed).of(script.read()))
    assert outcome.recall >= script.RECALL
    assert outcome.precision >= script.PRECISION


def test_a_resolver_that_goes_by_likeness_would_fail(script, monkeypatch):
    """The planted fault: names that look alike mean the same organisation."""

    def alike(self, key, besides):
        return [
            naming.Meant(node, "简称", certain=False)
            for name, nodes in self._nodes.items()
            if fuzz.ratio(name, key) >= 70
            for node in nodes
            if node != besides
        ]

    monkeypatch.setattr(naming.Names, "_shortened", alike)
    outcome = script.measure(script.read())
    assert outcome.precision < script.PRECISION
