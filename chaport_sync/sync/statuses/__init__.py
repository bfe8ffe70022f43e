"""The status flow: agents' statuses become operators'."""
