"""Every document by name: its title and the contract of its context."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from matchmaker.documents.bidding import OpeningRecord, Pledge, Receipt
from matchmaker.documents.contracting import (
    Consulting,
    Development,
    License,
    Registration,
    Service,
    Transfer,
)
from matchmaker.documents.fields import Field, fields_of
from matchmaker.documents.finishing import Acceptance
from matchmaker.documents.noticing import ObjectionReply, PublicNotice
from matchmaker.documents.publishing import BidGuide, BountyNotice, CallNotice, ClosingNotice
from matchmaker.documents.reviewing import ReviewSummary


@dataclass(frozen=True)
class Document:
    """One kind of document."""

    name: str
    title: str
    contract: type

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Return what it wants filled in."""
        return fields_of(self.contract)


CATALOGUE: Final = {
    document.name: document
    for document in (
        Document("call_notice", "征集通知", CallNotice),
        Document("bounty_notice", "榜单公告", BountyNotice),
        Document("bid_guide", "揭榜指南", BidGuide),
        Document("receipt", "受理回执", Receipt),
        Document("pledge", "军令状", Pledge),
        Document("opening_record", "开标记录", OpeningRecord),
        Document("review_summary", "评审汇总表", ReviewSummary),
        Document("bounty_failed", "流榜公告", ClosingNotice),
        Document("bounty_withdrawn", "撤榜公告", ClosingNotice),
        Document("public_notice", "公示", PublicNotice),
        Document("objection_reply", "异议答复书", ObjectionReply),
        Document("contract_development", "技术开发合同", Development),
        Document("contract_transfer", "技术转让合同", Transfer),
        Document("contract_license", "技术许可合同", License),
        Document("contract_consulting", "技术咨询合同", Consulting),
        Document("contract_service", "技术服务合同", Service),
        Document("registration", "技术合同登记表", Registration),
        Document("acceptance", "验收意见", Acceptance),
    )
}
