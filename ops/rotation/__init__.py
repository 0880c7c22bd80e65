"""How each key and secret takes another's place while people go on: a module each, for `python -m ops.rotate`."""
