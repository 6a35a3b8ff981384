"""The real encoder, where the extra is installed."""

import numpy as np
import pytest

from matchmaker import encoding
from matchmaker.matching import Document, semantic

pytest.importorskip(
    encoding.MODULE, reason="整体语义组件未安装（scripts/setup --semantic），真实编码器的测试未运行"
)


@pytest.fixture
def own():
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
