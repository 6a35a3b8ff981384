"""揭榜: every view on a bid hangs on one blueprint."""

from matchmaker.bidding import check_views, consent_views, draft_views, receipt_views
from matchmaker.bidding.draft_views import bp

__all__ = ["bp", "check_views", "consent_views", "draft_views", "receipt_views"]
