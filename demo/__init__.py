"""`make demo`: an honest learner and a cheater, over HTTP against the running system."""
