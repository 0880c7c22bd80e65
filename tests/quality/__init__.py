"""How good summaries are: `python -m tests.quality` scores each summariser on lectures that an editor summarised."""
