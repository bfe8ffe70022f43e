"""What is read in Deskie, in each language."""
