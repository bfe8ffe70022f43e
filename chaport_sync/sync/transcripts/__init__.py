"""The transcript flow: what is said in Chaport stands in Deskie's cases."""
