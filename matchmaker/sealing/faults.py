"""What can be wrong with a seal, each by its name; `message` is a sentence for the reader."""


class SealingFault(Exception):
    """Base of everything that stops a seal from being made, opened or believed."""

    default = "密封数据无法处理。"

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.default
        super().__init__(self.message)


class Broken(SealingFault):
    """The bytes are not what was sealed, or the key is another one."""

    default = "密封件已损坏或被改动，无法解开。"


class WrongPassphrase(SealingFault):
    """The passphrase does not open the holder's private key."""

    default = "开标口令不正确，请核对后重新输入。"


class TooFewShares(SealingFault):
    """One share alone opens nothing."""

    default = "只有一份密钥，不能开标；须由两位不同的持有人各自输入口令。"


class SameHolder(SealingFault):
    """The same holder's share was given twice."""

    default = "同一位持有人不能输入两次，须由另一位持有人输入。"


class WrongKey(SealingFault):
    """The shares make a key, but not this bounty's."""

    default = "两份密钥合成的不是本榜单的开标密钥，密钥份额可能被改动。"
