from enum import StrEnum
from typing import Final


class Refusal(StrEnum):
    """Why a whole file is refused; the value is stable and may be logged."""

    TOO_BIG = "too_big"
    EMPTY = "empty"
    NOT_A_WORKBOOK = "not_a_workbook"
    WRONG_EXTENSION = "wrong_extension"
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    BOMB = "bomb"
    UNSAFE = "unsafe"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_ROWS = "too_many_rows"
    CELL_TOO_LONG = "cell_too_long"
    DAMAGED = "damaged"
    TIMED_OUT = "timed_out"
    UNDECODABLE = "undecodable"
    NO_SUCH_SHEET = "no_such_sheet"


_MESSAGES: Final = {
    Refusal.TOO_BIG: "文件超过 {limit} MB，请删去图片等无关内容或拆成几个文件后再上传。",
    Refusal.EMPTY: "文件里没有数据，请确认选对了文件，且内容不在隐藏的工作表里。",
    Refusal.NOT_A_WORKBOOK: "这不是表格文件{found}。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。",
    Refusal.WRONG_EXTENSION: (
        "文件内容是 {found} 格式，扩展名却是“{extension}”。请改正扩展名，或另存为 .xlsx 后再上传。"
    ),
    Refusal.ENCRYPTED: "工作簿设有打开密码。请在 Excel 或 WPS 中取消密码、保存后再上传。",
    Refusal.MACROS: "工作簿带有宏，为安全起见不予读取。请另存为不带宏的 .xlsx 后再上传。",
    Refusal.BOMB: "文件解压后异常庞大，为安全起见不予读取。请把数据复制到新建的工作簿后再上传。",
    Refusal.UNSAFE: "文件内部结构不规范，不予读取。请用 Excel 或 WPS 另存为 .xlsx 后再上传。",
    Refusal.TOO_MANY_COLUMNS: (
        "工作表有 {found} 列，最多 {limit} 列。请删去右侧无用的列（含看似空白的列）后再上传。"
    ),
    Refusal.TOO_MANY_ROWS: "工作表超过 {limit} 行，请拆成几个文件分批上传。",
    Refusal.CELL_TOO_LONG: "第 {row} 行有单元格超过 {limit} 个字，请精简后再上传。",
    Refusal.DAMAGED: "文件已损坏或不完整，无法读取。请重新下载，或用 Excel、WPS 打开后另存再上传。",
    Refusal.TIMED_OUT: "读取超过时限，已停止。请删去多余的格式和空白区域，或拆成几个文件后再上传。",
    Refusal.UNDECODABLE: (
        "文本的编码无法识别（支持 UTF-8、UTF-16、GB18030）。请另存为“CSV UTF-8”或 .xlsx 后再上传。"
    ),
    Refusal.NO_SUCH_SHEET: "没有名为“{found}”的工作表，请重新选择。",
}


class SpreadsheetError(Exception):
    """A whole file refused; `message_zh` names the cause and the cure for a clerk."""

    def __init__(self, code: Refusal, message_zh: str) -> None:
        super().__init__(message_zh)
        self.code = code
        self.message_zh = message_zh


def refuse(code: Refusal, **details: object) -> SpreadsheetError:
    """Build the error for `code`; `details` fill the blanks of its message."""
    return SpreadsheetError(code, _MESSAGES[code].format(**details))
