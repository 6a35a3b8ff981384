"""The three holders of the keys to the bids set up their own, each with a passphrase."""

from play.cast import Cast

PASSPHRASES = {
    "officer": "海鸥 灯塔 石榴 月牙 officer",
    "leader": "松涛 铜钟 梨花 渡口 leader",
    "auditor": "雪原 竹笛 砚台 归帆 auditor",
}


def set_up(cast: Cast) -> None:
    """Officer, leader and supervisor; no bounty is published before all three have a key."""
    for key, passphrase in PASSPHRASES.items():
        cast[key].open("/my-key")
        cast[key].press("设置", {"passphrase": passphrase, "again": passphrase})
