"""The first set-up: reads what both accounts have, decides what to ask and to propose, and writes the files.

Only `gather` asks the services and only `files` writes. The rest is decided from records. `cli.init` asks the person.
"""
