"""The report: everything in it may be sent to whoever helps."""
