"""Documents as downloads: the bureau's own template where there is one, each copy on the trail."""

from matchmaker.papers.giving import WORD, attached, issuer, produce, respond

__all__ = ["WORD", "attached", "issuer", "produce", "respond"]
