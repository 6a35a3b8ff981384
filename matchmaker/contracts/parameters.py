"""What a bureau may set for contracts and subsidies; the house's values until it does."""

from typing import Any

from matchmaker.places import operations as places

DEFAULTS: dict[str, Any] = {
    "sign_days": 30,  # natural days to sign after the award
    "sign_extension_days": 15,  # once
    "price_notice_days": 15,  # natural days an agreed price is published
    "registration_workdays": 15,
    "registration_workdays_large": 30,  # from registration_large_wan on, or when disputed
    "registration_large_wan": 500,
    "acceptance_months": 3,  # after the end of the term, to apply
    "rectify_months": 6,
    "extension_months": 12,
    "subsidy_ratio": "0.20",  # where the bounty states none
    "subsidy_cap_wan": 50,
    "subsidy_budget_multiple": 0,  # 企业研发总预算 ≥ 倍数 × 补助; 0: not asked for
    "subsidy_pay_share": "0",  # 付给揭榜方 ≥ 比例 × 补助; 0: not asked for
}
places.DEFAULTS.update(DEFAULTS)
REMIND_DAYS = (15, 7, 1)
MOST_REWORKS = 2


def get(name: str) -> Any:
    """Return one parameter as the bureau stated it."""
    return places.settings()[name]
