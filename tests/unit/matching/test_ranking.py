from dataclasses import replace
from datetime import date

import pytest

from matchmaker.matching import (
    THRESHOLD,
    Blocked,
    CandidateFacts,
    Hit,
    NeedFacts,
    PairFacts,
    Segmenter,
    algorithm_version,
    rank,
    ranking,
)
from matchmaker.matching.ranking import NEGOTIABLE, POINTS, adjustments

TODAY = date(2026, 11, 22)
NEED = NeedFacts(
    tech_field="804",
    coop_modes=frozenset({"joint_dev"}),
    target_trl=8,
    budget_fen=1_000_000,
    town="城东街道",
)


def codes(need=NEED, **candidate):
    found = adjustments(PairFacts(need, CandidateFacts(**candidate)))
    return [adjustment.code for adjustment in found]


def ranked(hits, *, top=10, threshold=THRESHOLD, **facts):
    known = {hit.id: PairFacts(NEED, facts.get(hit.id, CandidateFacts())) for hit in hits}
    return rank(hits, known.__getitem__, today=TODAY, top=top, threshold=threshold)


def test_nothing_known_moves_nothing():
    assert codes() == []
    assert codes(NeedFacts(), trl=3, asking_price_fen=1, tech_fields=frozenset({"804"})) == []


@pytest.mark.parametrize(
    ("asked", "offered", "code"),
    [
        ("804", {"804"}, "field_same"),
        ("804", {"101", "804"}, "field_same"),
        ("804", {"805"}, "field_near"),
        ("804", {"80"}, "field_near"),
        ("80", {"80"}, "field_near"),
        ("804", {"101"}, "field_other"),
    ],
)
def test_fields_are_compared_by_code_and_domain(asked, offered, code):
    assert codes(NeedFacts(tech_field=asked), tech_fields=frozenset(offered)) == [code]


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        ({"joint_dev", "license"}, ["mode_shared"]),
        ({"license"}, ["mode_none"]),
        ({"license", NEGOTIABLE}, []),
        (set(), []),
    ],
)
def test_modes_are_compared_unless_open_to_talks(offered, expected):
    assert codes(transfer_modes=frozenset(offered)) == expected


@pytest.mark.parametrize(
    ("trl", "expected"),
    [
        (9, ["trl_ready"]),
        (8, ["trl_ready"]),
        (7, []),
        (6, ["trl_short"]),
        (5, ["trl_short"]),
        (4, ["trl_far"]),
        (1, ["trl_far"]),
    ],
)
def test_maturity_counts_by_its_distance_from_the_target(trl, expected):
    assert codes(trl=trl) == expected


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (1_000_000, ["price_within"]),
        (1_000_001, []),
        (2_000_000, []),
        (2_000_001, ["price_beyond"]),
    ],
)
def test_a_price_over_twice_the_budget_costs_points(price, expected):
    assert codes(asking_price_fen=price) == expected


def test_a_service_gains_by_serving_the_enterprises_town():
    assert codes(towns_served=frozenset({"城东街道"})) == ["town_served"]
    assert codes(towns_served=frozenset({"港西镇"})) == []
    assert codes(replace(NEED, town=""), towns_served=frozenset({""})) == []


def test_a_candidates_own_region_is_not_even_a_fact():
    assert not {"town", "region"} & set(CandidateFacts.__dataclass_fields__)


def test_every_adjustment_says_what_and_why():
    both = PairFacts(NEED, CandidateFacts(trl=6, tech_fields=frozenset({"804"})))
    field, trl = adjustments(both)
    assert (field.label_zh, field.points, field.reason_zh) == ("技术领域", 0.03, "技术领域相同")
    assert (trl.label_zh, trl.reason_zh) == ("成熟度", "成熟度 6 级，比目标低 2 级")


def test_points_are_added_and_the_text_score_stays_apart():
    pair = ranked([Hit("a", 0.2)], a=CandidateFacts(trl=8, tech_fields=frozenset({"804"}))).pairs[0]
    assert pair.text_score == 0.2
    assert pair.score == pytest.approx(0.2 + POINTS["field_same"] + POINTS["trl_ready"])


def test_facts_reorder():
    hits = [Hit("a", 0.21), Hit("b", 0.2)]
    assert [p.id for p in ranked(hits).pairs] == ["a", "b"]
    same = CandidateFacts(tech_fields=frozenset({"804"}))
    assert [p.id for p in ranked(hits, b=same).pairs] == ["b", "a"]


def test_level_pairs_come_by_id_and_no_more_than_top():
    hits = [Hit(name, 0.2) for name in ("c", "a", "b")]
    assert [p.id for p in ranked(hits, top=2).pairs] == ["a", "b"]


def test_nothing_below_the_threshold_is_pushed_by_words_or_by_facts():
    good = CandidateFacts(tech_fields=frozenset({"804"}))
    poor = CandidateFacts(trl=1)
    hits = [Hit("a", THRESHOLD - 1e-4), Hit("b", THRESHOLD), Hit("c", THRESHOLD + 0.01)]
    assert [p.id for p in ranked(hits, a=good, c=poor).pairs] == ["b"]
    assert [p.id for p in ranked(hits, a=good, threshold=0.05).pairs] == ["a", "c", "b"]


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        ({"withdrawn": True}, "{}已撤下"),
        ({"blacklisted": True}, "{}单位在科研失信名单内"),
        ({"expires_on": date(2026, 11, 21)}, "{}已于 2026-11-21 到期"),
    ],
)
def test_hard_filters_hold_on_either_side(fact, reason):
    hits = [Hit("a", 0.9)]
    candidate = ranked(hits, a=CandidateFacts(**fact))
    assert candidate.pairs == ()
    assert candidate.blocked == (Blocked("a", reason.format("供方")),)
    need = rank(
        hits, lambda _: PairFacts(replace(NEED, **fact), CandidateFacts()), today=TODAY, top=1
    )
    assert need.blocked == (Blocked("a", reason.format("需求")),)


def test_the_last_day_still_counts_and_reasons_are_joined():
    assert ranked([Hit("a", 0.9)], a=CandidateFacts(expires_on=TODAY)).blocked == ()
    both = ranked([Hit("a", 0.9)], a=CandidateFacts(withdrawn=True, blacklisted=True)).blocked
    assert both[0].reason_zh == "供方已撤下；供方单位在科研失信名单内"


def test_the_version_names_constants_and_words(monkeypatch):
    plain = algorithm_version(Segmenter())
    assert plain == algorithm_version(Segmenter())
    assert plain.endswith(Segmenter().version)
    assert len(plain) <= 40
    assert algorithm_version(Segmenter(words=("恒力控制",))) != plain
    monkeypatch.setitem(ranking.POINTS, "field_same", 0.5)
    assert algorithm_version(Segmenter()) != plain
