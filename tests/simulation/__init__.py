"""How much honest learners keep: the client's own state machine against the services' own handlers."""
