"""The matcher on many machines: Dask runs the steps of matching/sharding.py. Docs: cluster.md.

For the batch alone: a call costs milliseconds, so one need is asked of the index in this process.
Knows neither the web nor the database; Dask itself is imported when somebody connects.
"""

from matchmaker.cluster.linking import ClusterFailed, Link, connected
from matchmaker.cluster.spreading import Progress, Shards, Spread, silent

__all__ = ["ClusterFailed", "Link", "Progress", "Shards", "Spread", "connected", "silent"]
