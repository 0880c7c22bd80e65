"""How much one person may ask for."""
