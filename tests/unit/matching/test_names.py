import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.matching import Index, Segmenter
from matchmaker.matching.names import Names, pack, unpack
from matchmaker.matching.rows import MOST_CODES, Table, no_rows

TEXTS = st.lists(st.text(max_size=6), unique=True, max_size=20)


@given(TEXTS, TEXTS)
def test_every_string_is_found_stored_or_fresh(stored, fresh):
    names = Names(pack(stored))
    for name in fresh:
        if names.find(name) < 0:
            names.add(name)
    for name in [*stored, *fresh]:
        assert names[names.find(name)] == name
    assert list(names) == unpack(names.packed())
    assert names.since(len(stored)) == list(names)[len(stored) :]


def test_what_was_never_added_is_not_found_even_with_an_equal_checksum():
    assert zlib.crc32(b"plumless") == zlib.crc32(b"buckeroo")
    names = Names(pack(["plumless"]))
    assert names.find("buckeroo") == -1
    both = Names(pack(["plumless", "buckeroo"]))
    assert [both.find("plumless"), both.find("buckeroo")] == [0, 1]


def test_a_string_added_again_is_found_under_its_new_number():
    names = Names(pack(["a", "b"]))
    assert names.add("a") == 2
    assert names.find("a") == 2


def test_a_full_table_takes_the_nearest_strength():
    table = Table(float(n) for n in range(MOST_CODES))
    assert table.code(7.2) == 7
    assert len(table.values) == MOST_CODES


def test_every_row_needs_an_id():
    with pytest.raises(ValueError, match="每一行须有一个编号"):
        Index.from_token_ids(["a"], [], no_rows(), [1.0], segmenter=Segmenter())
    assert np.array_equal(no_rows().offsets, [0])
