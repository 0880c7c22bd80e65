"""Learners' questions and the staff's answers."""
