"""The certificates that learners hold and are recertified for."""
