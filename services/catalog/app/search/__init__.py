"""What keeps searches up to date."""
