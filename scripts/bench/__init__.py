"""What `scripts/bench-match` consists of."""
