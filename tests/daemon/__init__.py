"""The process: its end, reload, schedule, clocks, the state file that it looks after."""
