"""The courses as they stand, for everybody and for editors."""
