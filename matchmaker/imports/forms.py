"""Forms of an import."""

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from matchmaker.forms import Form


class UploadForm(Form):
    """Which noun, and the workbook."""

    noun = RadioField("导入什么", validators=[InputRequired("请选择要导入的内容。")])
    file = FileField(
        "表格文件",
        validators=[FileRequired("请选择要上传的表格文件。")],
        description=".xlsx、.xls、.ods 或 .csv，不超过 20 MB、50,000 行。",
    )


class ConfirmForm(Form):
    """The last word before rows are written."""

    clean = BooleanField(
        "已核对：本批内容不含国家秘密、工作秘密和内部敏感信息",
        validators=[InputRequired("请先核对并勾选保密承诺。")],
    )
    submits = BooleanField(
        "导入后直接提交受理（仅符合提交条件的记录，其余留作草稿）",
    )
