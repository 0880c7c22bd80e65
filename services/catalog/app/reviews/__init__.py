"""What learners say of courses, and moderators of that."""
