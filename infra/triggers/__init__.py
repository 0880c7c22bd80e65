"""Functions of the user pool, which carry nothing but their own file: they are put into the template as they are."""
