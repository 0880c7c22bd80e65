"""Certificates of completion as Open Badges, and what anybody checks them with."""
