"""Courses as playback knows them."""
