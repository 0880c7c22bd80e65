"""A small technical library for the services. It knows no business word."""
