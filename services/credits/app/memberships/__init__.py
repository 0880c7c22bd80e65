"""Our own view of memberships, for their quotas."""
