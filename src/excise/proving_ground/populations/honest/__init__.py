"""Honest kinds: one file a kind. The contract is ``populations.Honest``; most of them look guilty to
somebody.
"""
