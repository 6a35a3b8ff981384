"""公示 (public notices) and 异议 (objections)."""
