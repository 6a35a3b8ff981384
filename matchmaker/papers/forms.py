"""Forms of the template pages."""

from flask_wtf.file import FileField, FileRequired

from matchmaker.forms import Form


class TemplateForm(Form):
    """A template to put in place of the present one."""

    file = FileField(
        "改好的模板",
        validators=[FileRequired("请选择改好的 Word 模板（.docx）。")],
        description=".docx，不超过 5 MB；不能带宏。",
    )
