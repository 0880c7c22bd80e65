"""Load: many learners' whole journeys at once, and what each size of the platform asks AWS for."""
