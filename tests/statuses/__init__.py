"""The status flow: S1 to S8."""
