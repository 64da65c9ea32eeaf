"""Tactics: one file a way to harvest, each with who described it."""
