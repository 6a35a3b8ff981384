"""Forms for the holder's key, the opening and a reissue."""

from wtforms import BooleanField, PasswordField, SelectField

from matchmaker.form_fields import Mark
from matchmaker.forms import Form

_NEEDED = Mark(required=True)


class HolderKeyForm(Form):
    """Set up a key; where one was there, say that its passphrase is lost."""

    passphrase = PasswordField(
        "开标口令",
        description="至少 12 个字符。建议用四五个互不相干的词，写在纸上封存；不要与登录密码相同。",
        validators=[_NEEDED],
    )
    again = PasswordField("再输入一次", validators=[_NEEDED])
    lost = BooleanField("我已忘记原来的口令，知道原有份额须由另外两位持有人补发")


class PassphraseForm(Form):
    """Wrap the same key under another passphrase."""

    present = PasswordField("现在的开标口令", validators=[_NEEDED])
    passphrase = PasswordField("新的开标口令", validators=[_NEEDED])
    again = PasswordField("再输入一次", validators=[_NEEDED])


class OpeningForm(Form):
    """Give one's share."""

    passphrase = PasswordField("开标口令", validators=[_NEEDED])


class ReissueForm(Form):
    """Take part in making a lost share anew."""

    successor = SelectField("补发给", choices=[], validate_choice=False)
    passphrase = PasswordField("您的开标口令", validators=[_NEEDED])
