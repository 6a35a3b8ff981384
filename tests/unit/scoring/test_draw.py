import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.scoring import draw
from matchmaker.scoring.draw import Candidate, DrawError


def pool(count, institutions):
    return [Candidate(f"e{n}", f"i{n % institutions}") for n in range(count)]


@given(st.integers(0, 50), st.sampled_from([3, 5, 7]), st.text(max_size=20), st.randoms())
def test_a_draw_follows_from_seed_and_candidates_alone(extra, wanted, seed, random):
    candidates = pool(3 * wanted + extra, wanted + 2)
    panel = draw.draw(candidates, wanted, seed)
    assert panel == draw.draw(random.sample(candidates, len(candidates)), wanted, seed)
    assert len({one.institution for one in panel}) == len(panel) == wanted


def test_another_seed_gives_another_panel():
    candidates = pool(30, 30)
    assert len({tuple(draw.draw(candidates, 5, str(n))) for n in range(20)}) == 20


def test_every_candidate_is_as_likely_as_another():
    candidates = pool(10, 10)
    drawn = [one.name for n in range(2000) for one in draw.draw(candidates, 3, str(n))]
    counts = [drawn.count(one.name) for one in candidates]
    assert min(counts) > 520
    assert max(counts) < 680


@pytest.mark.parametrize("wanted", [0, 1, 2, 4, 6, 9])
def test_only_three_five_or_seven(wanted):
    with pytest.raises(DrawError, match="单数"):
        draw.draw(pool(60, 60), wanted, "s")


def test_too_few_institutions():
    with pytest.raises(DrawError, match="同一单位"):
        draw.draw(pool(60, 2), 3, "s")


def test_experts_without_an_institution_do_not_exclude_each_other():
    assert len(draw.draw([Candidate(f"e{n}", "") for n in range(5)], 5, "s")) == 5


def test_a_redraw_goes_on_in_the_same_order():
    candidates = pool(20, 20)
    ordered = draw.order(candidates, "s")
    panel = draw.draw(candidates, 3, "s")
    assert panel == ordered[:3]
    sitting = [panel[0], panel[2]]
    found = draw.next_one(candidates, "s", sitting=sitting, passed=[panel[1].name])
    assert found == ordered[3]


def test_a_redraw_minds_the_institutions_of_who_still_sits():
    candidates = [Candidate("a", "x"), Candidate("b", "x"), Candidate("c", "y")]
    found = draw.next_one(candidates, "s", sitting=[candidates[0]], passed=[])
    assert found.name == "c"
    freed = draw.next_one(candidates, "s", sitting=[candidates[2]], passed=["a"])
    assert freed.name == "b"
    with pytest.raises(DrawError):
        draw.next_one(candidates, "s", sitting=[candidates[0], candidates[2]], passed=[])


def test_the_seed_is_of_the_public_list_and_the_moment():
    one = draw.seed_of(["b", "a"], "2026-11-20T12:00:00+08:00")
    assert one == draw.seed_of(["a", "b"], "2026-11-20T12:00:00+08:00")
    assert one != draw.seed_of(["a"], "2026-11-20T12:00:00+08:00")
    assert one != draw.seed_of(["a", "b"], "2026-11-20T12:00:01+08:00")


def test_a_small_pool_is_warned_of():
    assert draw.warning(pool(9, 9), 3) == ""
    assert "8 人" in draw.warning(pool(8, 8), 3)
