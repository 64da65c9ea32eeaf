"""The console: people watch, understand and decide."""
