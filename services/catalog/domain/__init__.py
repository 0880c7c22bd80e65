"""What a course is, and what makes one publishable. Pure."""
