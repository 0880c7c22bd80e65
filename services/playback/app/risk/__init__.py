"""What is worth a reviewer's look."""
