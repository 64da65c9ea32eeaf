"""ties."""
