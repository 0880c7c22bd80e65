"""Orders: who is a member, who may watch which course, and on what that rests."""
