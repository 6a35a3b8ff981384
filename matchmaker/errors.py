"""What an operation refuses, named: each becomes one page in `web.py`."""


class Refusal(Exception):
    """Base of everything an operation refuses on purpose; carries a sentence for the user."""

    status = 400
    default = "请求无法处理。"

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.default
        super().__init__(self.message)


class NotFound(Refusal):
    """404: no such row, or none this viewer may know of."""

    status = 404
    default = "没有找到这个页面，可能已被移动，或者您无权查看。"


class SignInRequired(Refusal):
    """401: the same page may exist for somebody who is signed in."""

    status = 401
    default = "请先登录。"


class NotAllowed(Refusal):
    """403: the row is known to the viewer, the action is not theirs."""

    status = 403
    default = "您没有办理这一步的权限。"


class ConfirmationRequired(Refusal):
    """403: a weighty step; password or code are wanted once more before it."""

    status = 403
    default = "这一步较为重要，请先用密码或动态验证码确认是您本人。"


class WrongState(Refusal):
    """409: the row is not, or no longer, in a state that permits this."""

    status = 409
    default = "当前状态下不能办理这一步，请刷新页面查看最新状态。"


class Stale(WrongState):
    """409: somebody else changed the row since the form was opened."""

    default = "这条记录刚刚被他人修改过。请核对最新内容后重新提交，您填写的内容仍保留在下方。"


class AlreadyDone(Refusal):
    """409: the same form was sent before; its effect stands and is not repeated."""

    status = 409
    default = "这张表单已经提交成功，没有重复办理。"


class Invalid(Refusal):
    """422: named fields are wrong. `fields` maps a field's name to what is wrong and the cure."""

    status = 422
    default = "有内容需要修改。"

    def __init__(self, fields: dict[str, str], message: str | None = None) -> None:
        self.fields = fields
        super().__init__(message or "；".join(fields.values()) or self.default)
