"""Requests and answers: what each service gets and is believed, retries, limits, time-outs."""
