import pytest

from matchmaker.matching import Document, Index, Segmenter, refresh


@pytest.fixture(scope="session")
def segmenter():
    return Segmenter(words=("恒力控制",), synonyms=(("黄姜", "盾叶薯蓣"), ("打磨", "磨抛")))


@pytest.fixture
def documents():
    return [
        Document("A1", "机器人磨抛系统", "恒力控制 铸件", "结构光相机扫描铸件获取点云。"),
        Document("A2", "激光熔覆再制造", "耐磨涂层", "在转子表面熔覆碳化钨梯度涂层。"),
        Document("A3", "反渗透复合膜", "抗污染", "聚酰胺复合膜表面接枝两性离子，抗污堵。"),
        Document("A4", "盾叶薯蓣清洁提取", "酶解", "酶促水解制备皂苷元，废水减量。"),
    ]


@pytest.fixture
def need():
    return Document(
        "N1", "铸件机器人打磨", "力控", "铸件尺寸离散，需恒力控制与点云定位，涂层不脱落。"
    )


@pytest.fixture
def index(documents, need, segmenter):
    built = Index.build(documents, segmenter=segmenter)
    refresh(built, Index.build([need], segmenter=segmenter))
    return built
