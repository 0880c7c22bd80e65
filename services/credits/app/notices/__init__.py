"""What learners are told, and when."""
