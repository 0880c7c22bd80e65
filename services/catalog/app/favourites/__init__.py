"""The courses that learners mark to find them again."""
