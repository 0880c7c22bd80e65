"""The catalogue's ports on AWS."""
