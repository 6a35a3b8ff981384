import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.secrecy import ADVICE, SecrecyHit, guard, refusal

EXAMPLES = Path(__file__).parents[1] / "data" / "examples.json"

BLOCKED = [
    "绝密★",
    "机密★10年",
    "秘密★5年",
    "机 密 ★",
    "机　密　★　１０年",
    "机\u200b密★",
    "秘密☆长期",
    "秘密*5年",
    "機密★",
    "文件封面印有绝密★启用前字样",
    "密级：机密",
    "密级:秘密",
    "密 级 ： 内部",
    "本项目密级为秘密",
    "项目密级较高，不便公开",
    "密级",
    "【机密】新型天线阵面设计",
    "（秘密）某部件图纸",
    "本课题为机密级任务",
    "满足绝密级要求的存储装置",
    "秘密级 图纸",
    "内部资料★",
    "内部资料★注意保存",
    "内部资料，严禁外传",
    "内部文件 不得扩散",
    "【内部资料】",
    "该技术属于国家秘密，请勿外传",
    "研究内容涉及国家秘密",
    "相关数据属工作秘密",
    "本成果为涉密成果",
    "承担军工型号配套任务",
    "用于武器装备型号研制",
    "某型导弹舱段焊接",
    "某型号鱼雷推进电机",
    "055型驱逐舰舱室减振",
    "99式主战坦克履带板",
    "歼-20机翼蒙皮胶接",
    "歼２０飞机复材修补",
    "轰-6型机起落架",
    "为运-20型机提供紧固件",
    "东风-41弹体缠绕成型",
    "DF-17导弹整流罩",
    "鹰击-21弹翼",
    "涡扇-15叶片热障涂层",
    "涡扇10高压压气机",
]

PASSING = [
    "成果以技术秘密形式保护",
    "双方对商业秘密负有保密义务",
    "签订保密协议，保密期限5年",
    "数据机密性与完整性保护",
    "基于机密计算的联合建模",
    "机密性要求较高的工业数据",
    "涉及商业秘密的内容不对外公开",
    "本需求不涉及国家秘密",
    "承诺未涉及国家秘密、工作秘密",
    "严禁上传涉及国家秘密的内容",
    "本成果不属于涉密成果",
    "精密级：P4主轴轴承",
    "精密级滚珠丝杠",
    "密级配沥青混合料AC-13",
    "致密级陶瓷涂层",
    "保密级别由双方约定",
    "电机密封圈耐油老化",
    "无机密封胶固化",
    "有机密实度检测",
    "电机 密封★号标注的端盖",
    "发酵秘密武器般的菌种",
    "企业内部资料检索系统",
    "内部文件流转效率低",
    "具有武器装备科研生产许可证",
    "军民融合产业园配套",
    "国防科技大学合作研制",
    "具有涉密信息系统集成资质",
    "某型发动机试验台测控",
    "红旗H9轿车内饰件",
    "东风4B型内燃机车转向架",
    "东风EQ1090载货车桥",
    "冷链转运-20℃恒温箱",
    "运-12民用飞机客舱座椅",
    "气象雷达99型天线罩",
    "储罐直-10 m管段对接",
    "国密算法SM4加速卡",
    "商用密码应用安全性评估",
    "商业秘密★保护示范点",
    "加密级联光纤网络",
    "**商业秘密**条款",
    "强-弱磁场耦合",
    "坦克式储油罐清洗机器人",
    "防鱼雷式浮标缠绕的渔网",
    "轰鸣噪声20 dB以下",
]


@pytest.mark.parametrize("text", BLOCKED)
def test_marks_of_state_secrecy_are_found(text):
    hits = guard({"需求名称": text})
    assert hits
    assert all(text[hit.start : hit.end] == hit.mark != "" for hit in hits)


@pytest.mark.parametrize("text", PASSING)
def test_ordinary_words_pass(text):
    assert guard({"需求名称": text}) == []


def test_the_place_is_that_of_the_original_text():
    text = "封面：机 密 ★ 十年"
    assert guard({"背景": text, "问题": "无"}) == [SecrecyHit("背景", "机 密 ★", 3, 8)]


def test_every_field_and_every_mark_is_reported_in_order():
    hits = guard({"标题": "绝密★与机密★", "附件名": "密级：秘密.pdf"})
    assert [(hit.field, hit.mark) for hit in hits] == [
        ("标题", "绝密★"),
        ("标题", "机密★"),
        ("附件名", "密级：秘密"),
    ]


def test_the_refusal_names_field_mark_and_the_way_offline():
    said = refusal(guard({"标题": "绝密★"}))
    assert "“标题”中出现“绝密★”" in said
    assert said.endswith(ADVICE)
    assert "走线下渠道" in ADVICE


def test_the_examples_are_free_of_marks():
    data = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    for row in [*data["needs"], *data["achievements"]]:
        assert guard({row["id"]: json.dumps(row, ensure_ascii=False)}) == []


def test_a_denial_in_another_clause_does_not_excuse():
    assert guard({"问题": "不便公开，涉及国家秘密"})


@given(st.text(max_size=200))
def test_any_text_is_read_without_failing(text):
    for hit in guard({"正文": text}):
        assert text[hit.start : hit.end] == hit.mark
