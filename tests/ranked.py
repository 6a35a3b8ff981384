"""What one index over everything ranks: the measure for shards and for the cluster."""

import json
import random
from datetime import date, timedelta
from pathlib import Path

from matchmaker.matching import (
    DEFAULT,
    LABELS,
    CandidateFacts,
    Document,
    Index,
    NeedFacts,
    PairFacts,
    Rescorer,
    Segmenter,
    Weights,
    engine,
    parcels,
    rank,
    refresh,
    sharding,
)

EXAMPLES = json.loads(
    (Path(__file__).parent / "data" / "examples.json").read_text(encoding="utf-8")
)
TODAY = date(2026, 11, 20)
LEARNT = Weights.from_dict({name: 0.4 + 0.15 * number for number, name in enumerate(LABELS)})
SEGMENTER = Segmenter(("恒力控制",), (("黄姜", "盾叶薯蓣"),))
MODES = ("joint", "licence", "consulting")


def facts_of(number: int):
    """The facts of a need and of a candidate; every seventh candidate is past its day."""
    chance = random.Random(number)
    fields = chance.choice(("804", "805", "101", ""))
    modes = frozenset(chance.sample(MODES, chance.randint(0, 2)))
    need = NeedFacts(
        tech_field=fields, coop_modes=modes, target_trl=chance.choice((None, 5, 8)),
        budget_fen=chance.choice((None, 10_000, 90_000)),
    )  # fmt: skip
    candidate = CandidateFacts(
        tech_fields=frozenset(filter(None, [fields])), transfer_modes=modes,
        trl=chance.choice((None, 2, 8)), asking_price_fen=chance.choice((None, 20_000)),
        expires_on=TODAY - timedelta(days=1) if number % 7 == 3 else None,
    )  # fmt: skip
    return need, candidate


def example_needs():
    return [
        (Document(one["id"], one["title"], "、".join(one["keywords"]), one["problem"]), facts[0])
        for one, facts in zip(EXAMPLES["needs"], map(facts_of, range(99)), strict=False)
    ]


def example_pool():
    """Each achievement three times: level ones lie in other shards and come by id."""
    return [
        (Document(one["id"] + copy, one["title"], "、".join(one["keywords"]), one["summary"]), f)
        for copy in "bca"
        for one, (_, f) in zip(EXAMPLES["achievements"], map(facts_of, range(99)), strict=False)
    ]


def rules_of(**changed):
    known = {
        "words": parcels.Words.of(SEGMENTER), "weights": DEFAULT, "top": 4, "threshold": 0.1,
        "today": TODAY, "engine": engine.name(),
    }  # fmt: skip
    return parcels.Rules(**known | changed)


def on_one_machine(needs, offered, rules):
    texts = Rescorer(rules.weights)
    index = Index.build((texts.put(document) for document, _ in offered), segmenter=SEGMENTER)
    refresh(index, Index.build((need for need, _ in needs), segmenter=SEGMENTER))
    found = [
        texts.for_need(index, need, top=len(index), at_least=rules.threshold) for need, _ in needs
    ]
    return index.idf, ranked(found, needs, offered, rules)


def ranked(found, needs, offered, rules):
    """What `rank` makes of the hits of each need."""
    known = {document.id: facts for document, facts in offered}
    rankings = []
    for (_, own), hits in zip(needs, found, strict=True):
        both = {name: PairFacts(own, facts) for name, facts in known.items()}
        rankings.append(
            rank(
                hits, both.__getitem__, today=TODAY, top=rules.top, threshold=rules.threshold,
                weights=rules.weights,
            )
        )  # fmt: skip
    return rankings


def told(ranking):
    return ranking.blocked[: sharding.BLOCKED_TOLD] if not ranking.pairs else ()
