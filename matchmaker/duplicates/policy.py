"""Duplicates across organisations are the bureau's alone."""

from matchmaker import policy
from matchmaker.duplicates.models import DuplicatePair

policy.register("duplicate", DuplicatePair, states={}, relations={}, levels={"B": ("read_bureau",)})
