"""What agents and customers read in Deskie, in their language (T5, R1); the log and the commands speak English."""
