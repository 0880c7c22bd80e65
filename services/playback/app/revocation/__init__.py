"""Rights that are taken back."""
