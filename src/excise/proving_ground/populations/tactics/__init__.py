"""Tactics: one file a way to harvest. The contract is ``populations.Tactic``; each names who described it."""
