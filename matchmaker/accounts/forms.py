"""Forms of one's own account."""

from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length, Optional

from matchmaker.forms import Form


class SignInForm(Form):
    """登录; it may be sent again at once, so it claims no key."""

    submission_key = None
    login = StringField("登录账号", [DataRequired("请填写登录账号"), Length(max=254)])
    password = PasswordField("密码", [DataRequired("请填写密码"), Length(max=1000)])


class ForgotForm(Form):
    """忘记密码."""

    login = StringField("登录账号", [DataRequired("请填写登录账号"), Length(max=254)])


class NewPasswordForm(Form):
    """A password typed twice."""

    password = PasswordField("新密码", [DataRequired("请填写新密码"), Length(max=1000)])
    password_again = PasswordField(
        "再输入一遍新密码",
        [DataRequired("请再输入一遍新密码"), EqualTo("password", "两次输入的密码不一致")],
    )


class ChangePasswordForm(NewPasswordForm):
    """修改密码."""

    old_password = PasswordField("原密码", [DataRequired("请填写原密码"), Length(max=1000)])


class ProfileForm(Form):
    """个人资料."""

    name = StringField("姓名", [DataRequired("请填写姓名"), Length(max=50)])
    title = StringField("职务或职称", [Optional(), Length(max=100)])
    phone = StringField("手机号", [Optional(), Length(max=40)])
    email = StringField("邮箱", [Optional(), Length(max=254)])


class CodeForm(Form):
    """动态验证码; it may be sent again at once, so it claims no key."""

    submission_key = None
    code = StringField("验证码", [DataRequired("请填写验证码"), Length(max=40)])
