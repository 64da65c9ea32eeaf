"""proving_ground."""
