"""Documents in shards rank as one index over everything does, to the last bit."""

import pickle
import random
from datetime import timedelta

import pytest

from matchmaker.matching import (
    CandidateFacts,
    Hit,
    NeedFacts,
    PairFacts,
    engine,
    explain,
    parcels,
    sharding,
)
from tests.ranked import (
    LEARNT,
    SEGMENTER,
    TODAY,
    example_needs,
    example_pool,
    on_one_machine,
    ranked,
    rules_of,
    told,
)


@pytest.fixture(scope="module")
def needs():
    return example_needs()


@pytest.fixture(scope="module")
def offered():
    return example_pool()


def cut(rows, rules):
    return parcels.cut(parcels.packed(*zip(*rows, strict=True)), rules)


def travelled(thing):
    return pickle.loads(pickle.dumps(thing))


def in_shards(needs, offered, rules, parts):
    asked = cut(needs, rules)
    cuts = [cut(part, rules) for part in parts if part]
    tallies = [parcels.tally([one]) for one in (asked, *cuts)]
    idf = travelled(parcels.fitted(parcels.total(tallies)))
    shards = [travelled(sharding.Shard.of([one], idf, rules)) for one in cuts]
    asking = travelled(parcels.weigh_needs(asked, idf))
    merged = sharding.merge([sharding.ask(shard, asking, rules) for shard in shards], rules.top)
    return idf, ranked([best.hits for best in merged], needs, offered, rules)


def split(rows, count):
    rows = random.Random(count).sample(rows, len(rows))
    return [rows[number::count] for number in range(count)]


@pytest.mark.parametrize(
    "changed",
    [{}, {"threshold": 0.0}, {"top": 1}, {"top": 300, "threshold": 0.03}, {"weights": LEARNT},
     {"weights": LEARNT, "top": 1, "threshold": 0.2}, {"engine": engine.PLAIN}],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("count", [1, 3])
def test_shards_rank_as_one_index_does(needs, offered, changed, count):
    rules = rules_of(**changed)
    idf, expected = on_one_machine(needs, offered, rules)
    other, found = in_shards(needs, offered, rules, split(offered, count))
    assert dict(other.counts) == dict(idf.counts)
    assert other.documents == idf.documents
    assert [one.pairs for one in found] == [one.pairs for one in expected]
    assert [told(one) for one in found] == [told(one) for one in expected]
    assert any(one.pairs for one in found)


def test_more_shards_than_rows_rank_alike(needs, offered):
    _, expected = on_one_machine(needs, offered, rules_of())
    _, found = in_shards(needs, offered, rules_of(), split(offered, len(offered) + 10))
    assert [one.pairs for one in found] == [one.pairs for one in expected]


def test_a_need_whose_candidates_are_all_blocked_is_told_why(needs, offered):
    past = [
        (document, CandidateFacts(expires_on=TODAY - timedelta(days=1))) for document, _ in offered
    ]
    _, expected = on_one_machine(needs, past, rules_of())
    _, found = in_shards(needs, past, rules_of(), split(past, 3))
    assert all(not one.pairs for one in found)
    assert [told(one) for one in found] == [told(one) for one in expected]
    assert any(len(told(one)) == sharding.BLOCKED_TOLD for one in found)


def test_winners_are_explained_as_on_one_machine(needs, offered):
    rules = rules_of()
    idf, ranked = on_one_machine(needs, offered, rules)
    texts = {document.id: document for document, _ in offered}
    (need, _), ranking = needs[0], ranked[0]
    winners = [texts[pair.id] for pair in ranking.pairs]
    (found,) = sharding.explained([(need, winners)], idf, rules)
    assert winners
    assert found == [explain(need, one, segmenter=SEGMENTER, idf=idf) for one in winners]


def test_the_search_goes_as_deep_as_facts_can_lift():
    """A pair whose facts lift it over twenty-five better texts is found, at a second look."""
    asked = []
    hits = [Hit(f"A{n:03}", 0.5 - n / 1000) for n in range(200)]
    own = NeedFacts(tech_field="804")
    plain = PairFacts(own, CandidateFacts())
    lifted = PairFacts(own, CandidateFacts(tech_fields=frozenset({"804"})))

    def search(top, least):
        asked.append(top)
        return [hit for hit in hits[:top] if hit.text_score >= least]

    def facts(name):
        return lifted if name == "A025" else plain

    found, seen = sharding.leading(search, own, facts, rules_of(top=2), most=200)
    assert [pair.id for pair in found.pairs] == ["A025", "A000"]
    assert asked == [8, 200]
    assert 25 < len(seen) < 40
    asked.clear()
    unknown = NeedFacts()
    found, _ = sharding.leading(search, unknown, facts, rules_of(top=2), most=200)
    assert asked == [8]


def test_words_that_travelled_cut_alike():
    words = travelled(parcels.Words.of(SEGMENTER))
    assert parcels.segmenter_of(words).version == SEGMENTER.version


def test_an_id_used_twice_is_refused(offered):
    rules = rules_of()
    twice = cut([offered[0], offered[0]], rules)
    idf = parcels.fitted(parcels.tally([twice]))
    with pytest.raises(ValueError, match="编号重复"):
        sharding.Shard.of([twice], idf, rules)


def test_a_fixed_idf_is_used_as_it_is(needs, offered):
    idf, _ = on_one_machine(needs, offered, rules_of())
    other = travelled(parcels.fitted(parcels.tally_of(idf)))
    assert [other.of(term) for term in (*idf.counts, "不见")] == [
        idf.of(term) for term in (*idf.counts, "不见")
    ]
