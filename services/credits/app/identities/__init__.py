"""What people sign in with besides e-mail and password: proving it, signing in with it, joining accounts by it."""
