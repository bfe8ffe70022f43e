"""Several workers share the accounts over PostgreSQL (K1 to K5); the only place that knows psycopg.

session  the one session of a worker; whatever it holds ends with it
leases   which accounts the worker holds: look, decide (`core/shares`), take, give back
log      what an account's state is made of; its key is the fence
"""
