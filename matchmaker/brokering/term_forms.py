"""Forms of the bureau's words: a file to import, a proposal to accept or put aside."""

from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from matchmaker.brokering.term_models import TermKind
from matchmaker.forms import Form


class ImportForm(Form):
    """A text file of words or groups."""

    file = FileField(
        "文本文件",
        id="import-file",
        description=".txt，UTF-8 或 GB18030 编码，每行一个词（同义词每行一组），不超过 1 MB",
        validators=[FileRequired("请选择文本文件")],
    )
    source = StringField("来源", id="import-source", validators=[Length(max=100)])


class AcceptForm(Form):
    """A proposal, to be edited before it is accepted."""

    kind = RadioField(
        "采纳为",
        id="accept-kind",
        choices=[SelectChoice(str(kind.value), kind.label) for kind in TermKind],
        validate_choice=False,
    )
    words = TextAreaField(
        "内容",
        id="accept-words",
        description="可先修改再采纳；词语每行一个，同义词每行一组，第一个词为标准说法",
        validators=[InputRequired("请填写词语"), Length(max=2000)],
    )
    provenance = StringField(
        "来源", id="accept-provenance", validators=[Length(max=200)], default="待审新词"
    )

    @property
    def chosen(self) -> TermKind | None:
        """The kind ticked; None for an unknown one: as proposed."""
        known: dict[Any, TermKind] = {str(kind.value): kind for kind in TermKind}
        return known.get(self.kind.data or "")


class DismissForm(Form):
    """Why a proposal is of no use, if the officer cares to say."""

    reason = StringField("理由（可不填）", id="dismiss-reason", validators=[Length(max=200)])
