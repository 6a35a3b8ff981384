"""The real encoder, where the extra is installed."""

import importlib.util

import numpy as np
import pytest

from matchmaker import encoding
from matchmaker.matching import Document, semantic


@pytest.fixture
def own():
    if importlib.util.find_spec(encoding.MODULE) is None:
        pytest.skip("整体语义组件未安装（scripts/setup --semantic）")
    return encoding.UniversalEncoder()


def test_vectors_are_of_length_one_and_do_not_hang_on_their_neighbours(own):
    texts = ["铸件打磨机器人", "水稻育种", "无人机巡检输电线路"] * 7
    found = own.encode(texts)
    assert found.shape == (21, 512)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(21), abs=1e-4)
    assert found[0] == pytest.approx(own.encode(texts[:1])[0], abs=1e-5)
    assert own.encode([]).shape == (0, 512)


def test_another_wording_is_nearer_than_another_matter(own):
    texts = ["铸件表面打磨", "毛坯外观抛光处理", "水稻耐盐碱育种"]
    vectors = semantic.vectors(own, [Document(str(n), title=t) for n, t in enumerate(texts)])
    near, far = (semantic.likeness(own, vectors[0], other) for other in vectors[1:])
    assert near.points > far.points


def test_the_key_fits_its_column(own):
    assert 0 < len(own.key) <= 16


def test_without_the_package_there_is_no_encoder(monkeypatch):
    monkeypatch.setattr(encoding, "MODULE", "no_such_module")
    encoding.installed.cache_clear()
    assert encoding.installed() is None
    encoding.installed.cache_clear()
