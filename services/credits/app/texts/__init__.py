"""What learners read, in Chinese and English."""
