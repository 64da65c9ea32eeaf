"""What brings the tables of the state up to date; Alembic runs it when the state is opened."""
