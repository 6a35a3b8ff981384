"""技术库."""

from matchmaker.achievements.operations import POOL
from matchmaker.pools.views import blueprint

bp = blueprint(POOL)
