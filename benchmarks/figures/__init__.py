"""The figures of `python -m benchmarks`, a module each; `rows` measures, with `small` in the smallest size."""
