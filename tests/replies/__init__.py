"""Agents answer from Deskie (design, section 11)."""
