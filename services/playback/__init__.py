"""Playback: decides what was watched, and signs the record of it."""
