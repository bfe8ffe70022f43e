"""A story: who does what when on both sides, and what is to be seen then."""
