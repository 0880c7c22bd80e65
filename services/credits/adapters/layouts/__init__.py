"""What documents look like, in Typst."""
