"""The Deskie help desk, as far as its reference describes it."""
