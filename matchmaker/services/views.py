"""服务库."""

from matchmaker.pools.views import blueprint
from matchmaker.services.operations import POOL

bp = blueprint(POOL)
