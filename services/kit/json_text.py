"""JSON as services write it."""

import json

compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""The text of a value, without spaces; Chinese as it is: escaped, each character is twice as long."""

canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
"""The one text of a value, whatever the order of its members: for what is signed."""
