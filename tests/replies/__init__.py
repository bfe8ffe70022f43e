"""Agents answer from Deskie."""
