"""The catalogue: courses as editors publish them."""
