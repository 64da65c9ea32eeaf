"""Enforcement: a decision is carried out at a gateway, and undone."""
