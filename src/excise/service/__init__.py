"""The service: exchanges in, decisions out, the loop between."""
