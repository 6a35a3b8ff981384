"""Words that carry no meaning for a pairing: function words, forms of paperwork, units."""

_FUNCTION_WORDS = """
以及 及其 以及其 或者 并且 而且 但是 然而 因此 因而 所以 由于 因为 如果 虽然 即使 只有 只要
无论 不仅 还是 同时 另外 此外 其中 其他 其它 其余 之间 之后 之前 以上 以下 以内 以外 以来 左右
之一 为了 关于 对于 根据 按照 通过 经过 利用 采用 使用 用于 应用于 基于 针对 对应 相应 相关
有关 所述 上述 下述 如下 例如 比如 包括 包含 含有 具有 带有 属于 成为 作为 称为 进行 实现 能够
可以 可能 可用 应当 应该 需要 需求 必须 要求 希望 打算 计划 目前 现在 当前 现有 已有 已经 正在
将来 今后 未来 以往 曾经 近年 近年来 一种 一个 一项 一类 一些 一定 一般 一次 两个 两种 三个
几个 多个 多种 多项 各种 各个 各项 各类 每个 每种 全部 所有 任何 某些 部分 整个 这个 这些 这种
那些 它们 他们 我们 你们 自己 我公司 本公司 公司 我司 企业 本项目 项目 本发明 发明 本成果 成果
本文 论文 本课题 课题 本技术 没有 不能 不会 不同 不足 不大 不到 较大 较高 较低 较好 更加 更好
非常 十分 比较 尤其 特别 主要 重要 关键 基本 有效 良好 显著 明显 大大 进一步 逐步 不断 充分
完全 完成 达到 超过 低于 高于 不低于 不高于 不少于 不超过 小于 大于 等于 满足 符合 提出 提供
给出 得到 取得 获得 形成 产生 存在 出现 发生 引起 导致 造成 使得 使其 有利于 有助于 便于 以便
从而 进而 于是 问题 难题 解决 解决方案 方面 方式 情况 过程 时候 期间 年度 目标 任务 内容 特点
优点 意义 作用 影响 程度 范围 水平
"""
_FUNCTION_CHARACTERS = (
    "的了和与及或在是为对从由以将被把向于至到并且而但则若如其该此这那之等中上下内外拟用有可能使做个种各多较更最很"
    "不无未已还也都又再就才只仅约近经后前时所让给需应须要会我您他它们每某一二三四五六七八九十百千万亿两几数半"
)
_UNITS = """
mm cm dm km um nm pm mg kg ug ng ml ul dl mol mmol kmol umol pa kpa mpa gpa bar mbar hz khz mhz
ghz thz kw mw gw kwh mwh wh kv mv kva mva ma ah mah kn nm mn rpm min ms us ns ppm ppb db dba
dbm lm lux kj mj kcal cal kbps mbps gbps mah rmb
mm2 cm2 dm2 m2 km2 mm3 cm3 dm3 m3 nm3 wt vol kgf psi sccm lpm kb mb gb tb bp kda ev kev mev cfu
nmol pmol mmhg kvar mvar dpi fps ntu
"""

STOP_WORDS = frozenset([*_FUNCTION_CHARACTERS, *_FUNCTION_WORDS.split()])
UNITS = frozenset(_UNITS.split())
