"""The public notices as RSS 2.0."""

from collections.abc import Iterable
from email.utils import format_datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring


def rss(rows: Iterable[Any], *, site: str, home: str, url_of: Any) -> bytes:
    """Return the feed.

    rows : published notices, the latest first.  url_of : notice → its whole address.
    """
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    about = {"title": f"{site} 公示", "link": home, "description": "公示与更正公告"}
    for name, value in about.items():
        SubElement(channel, name).text = value
    SubElement(channel, "language").text = "zh-CN"
    for notice in rows:
        item, address = SubElement(channel, "item"), url_of(notice)
        SubElement(item, "title").text = f"{notice.title}（{notice.notice_no}）"
        SubElement(item, "link").text = address
        SubElement(item, "guid", isPermaLink="true").text = address
        SubElement(item, "category").text = notice.kind.label
        SubElement(item, "pubDate").text = format_datetime(notice.published_at)
        period = f"公示期 {notice.start_on} 至 {notice.end_on}，{notice.workdays} 个工作日"
        SubElement(item, "description").text = period
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text
