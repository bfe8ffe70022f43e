"""The programs that measure are kept running; what they measure is no test."""
