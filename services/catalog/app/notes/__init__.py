"""What learners note at times of lectures, for themselves."""
