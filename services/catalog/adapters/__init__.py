"""The catalogue's ports on AWS, and their fakes."""
