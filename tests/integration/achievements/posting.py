"""What a researcher posts, stage by stage, and where it is found."""

from sqlalchemy import select

from matchmaker.achievements.models import Achievement
from matchmaker.extensions import db

WHAT = {
    "title": "恒力末端执行器与机器人磨抛系统",
    "origin": "domestic",
    "tech_field_code": "804",
    "keywords": "恒力控制、磨抛，机器人",
    "summary": "结构光相机获取铸件点云并与数模配准，恒力末端执行器实时补偿接触力，"
    "已在泵阀铸件上运行一年。",
}
PROOF = {
    "indicators-0-name": "接触力波动",
    "indicators-0-op": "≤",
    "indicators-0-value": "3",
    "indicators-0-unit": "N",
    "trl": "8",
    "ip_items-0-type": "invention",
    "ip_items-0-no": "ZL200310102344.5",
    "ip_items-0-status": "granted",
    "ip_items-0-valid_to": "2030年7月14日",
    "ownership": "unit",
}
TRANSFER = {
    "transfer_modes": ["license", "joint_dev"],
    "is_negotiable": "0",
    "asking_price_fen": "120",
    "detail": "执行器结构图纸与控制参数",
    "no_secret_declared": "y",
}


def only(app):
    with app.app_context():
        return db.session.scalars(select(Achievement)).one()


def path(row, rest=""):
    return f"/achievements/{row.public_id}{rest}"
