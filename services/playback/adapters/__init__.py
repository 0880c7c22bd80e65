"""What implements playback's ports."""
