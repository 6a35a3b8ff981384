"""Relations are the bureau's alone: nobody outside learns what was compared with what."""

from matchmaker import policy
from matchmaker.relations.models import DeclaredRelation, RelationHit

policy.register("relation", RelationHit, states={}, relations={}, levels={"B": ("read_bureau",)})
policy.register(
    "declaration", DeclaredRelation, states={}, relations={}, levels={"B": ("read_bureau",)}
)
