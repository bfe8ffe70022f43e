"""What is written for people, compared with what the program does."""
