"""Excise."""
