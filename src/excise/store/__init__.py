"""Observations are kept, asked and forgotten; what a provider knows besides its log is kept beside them."""
