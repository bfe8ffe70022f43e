"""What the sandbox's two APIs do, by the references."""
