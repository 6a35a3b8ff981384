"""Planted weights are found, noise is refused, nothing moves without evidence."""

import numpy as np
import pytest

from matchmaker.matching.features import DEFAULT, NAMES, TEXT, Weights
from matchmaker.matching.feedback import Decision, fit, learn, observed, validate
from matchmaker.matching.ranking import POINTS

PLANTED = {"word.head.head": 3.0, "single.head.head": 0.0, "pair.body.body": 3.0}
SEEDS = 40


def judged(seed, *, needs=40, each=8, weights=None, accepting=0.4):
    """Decisions that follow a score under these weights; drawn at random without any."""
    generator = np.random.default_rng(seed)
    found = []
    for need in range(needs):
        features = np.zeros((each, len(NAMES)))
        features[:, :TEXT] = generator.gamma(0.5, 0.03, size=(each, TEXT))
        if weights is None:
            accepted = generator.random(each) < accepting
        else:
            scores = features @ np.array(weights.values)
            accepted = scores >= np.quantile(scores, 1 - accepting)
        found += [
            Decision(f"N{need}", tuple(x), bool(a)) for x, a in zip(features, accepted, strict=True)
        ]
    return found


def test_planted_weights_are_found_and_supported():
    planted = Weights.from_dict(PLANTED)
    weights, verdict = learn(judged(1, needs=80, weights=planted))
    found = weights.to_dict()
    others = [value for name, value in found.items() if name not in PLANTED and "." in name]
    assert found["word.head.head"] > 1.5 * max(others)
    assert found["pair.body.body"] > 1.5 * max(others)
    assert found["single.head.head"] < 0.5 * min(others)
    assert verdict.supported
    assert verdict.gain > 0.05
    assert verdict.low > 0
    assert "真的变好" in verdict.reason_zh


def test_noise_is_refused_in_nearly_every_case():
    refused = [not validate(judged(seed, needs=20, each=5)).supported for seed in range(SEEDS)]
    assert sum(refused) >= 0.95 * SEEDS


def test_decisions_that_follow_the_weights_in_force_change_nothing_to_speak_of():
    verdict = validate(judged(3, weights=DEFAULT))
    assert not verdict.supported
    assert "不予采用" in verdict.reason_zh
    assert verdict.before == pytest.approx(1.0)


def test_without_evidence_nothing_moves():
    assert fit([]) == DEFAULT
    alike = [Decision("N1", (0.1,) * len(NAMES), accepted) for accepted in (True, False)]
    assert fit(alike) == DEFAULT
    one_sided = [Decision("N1", (0.1 * n,) * len(NAMES), accepted=True) for n in range(5)]
    assert fit(one_sided) == DEFAULT


def test_the_mean_text_score_stays_so_that_the_threshold_keeps_its_meaning():
    decisions = judged(4, weights=Weights.from_dict(PLANTED))
    weights = fit(decisions)
    texts = np.array([one.features[:TEXT] for one in decisions])
    assert (texts @ weights.values[:TEXT]).mean() == pytest.approx(
        texts.sum(axis=1).mean(), rel=0.01
    )


def test_the_order_of_decisions_does_not_matter():
    decisions = judged(5, needs=15, weights=Weights.from_dict(PLANTED))
    assert fit(decisions).values == pytest.approx(fit(decisions[::-1]).values, abs=2e-3)


@pytest.mark.parametrize(
    ("needs", "accepting", "told"),
    [(12, 0.0, "现有采纳 0 条"), (3, 0.5, "现有采纳"), (0, 0.5, "各须不少于 10 条")],
)
def test_too_few_decisions_are_refused_in_words(needs, accepting, told):
    verdict = validate(judged(6, needs=needs, each=4, accepting=accepting))
    assert not verdict.supported
    assert told in verdict.reason_zh
    assert verdict.gain is verdict.low is None


def test_too_few_needs_are_refused_in_words():
    verdict = validate(judged(7, needs=5, each=12, weights=DEFAULT))
    assert verdict.reason_zh == "既有采纳又有不相关的需求须不少于 10 条，现有 5 条"
    assert verdict.to_dict()["compared"] == 5


def test_adjustments_are_summed_by_family_at_their_usual_points():
    features = observed([0.0] * TEXT, ["field_same", "trl_far", "no_longer_made"])
    assert features[TEXT:] == (POINTS["field_same"], 0.0, POINTS["trl_far"], 0.0, 0.0)
    with pytest.raises(ValueError, match="文字特征须为"):
        observed([0.0], [])
