"""What learners own: claims, orders' grants, memberships, and how courses stand."""
