"""Honest kinds: one file a kind of customer; most of them look guilty to somebody."""
