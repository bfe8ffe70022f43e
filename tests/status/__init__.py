"""The status half: S1 to S8."""
