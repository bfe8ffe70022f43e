"""The report: one file for whoever helps, in which nothing tells who the people are or what they wrote."""
