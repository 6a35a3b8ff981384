"""The address of a list: what a browser's forms send is read as what the links say."""

import pytest
from werkzeug.datastructures import MultiDict

from matchmaker import listing


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ([("cols", "title"), ("cols", "state")], "title,state"),  # ticked boxes
        ([("cols", "title,state")], "title,state"),  # a link of the page
        ([], ""),
    ],
)
def test_the_columns_come_from_boxes_and_from_links_alike(sent, read) -> None:
    assert listing._plain(MultiDict(sent))["cols"] == read


def test_an_argument_of_absurd_length_is_dropped() -> None:
    plain = listing._plain(MultiDict([("town", "x" * 201), ("state", "x" * 200)]))
    assert "town" not in plain
    assert len(plain["state"]) == 200


def test_a_link_changes_one_argument_and_keeps_the_others() -> None:
    args = listing._plain(MultiDict([("cols", "a"), ("cols", "b"), ("sort", "-a"), ("page", "3")]))
    assert listing._url("/needs", args, {"page": None, "sort": "a"}) == "/needs?cols=a%2Cb&sort=a"
