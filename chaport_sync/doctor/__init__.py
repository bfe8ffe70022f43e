"""The examination behind `check`: before the first start, or when something looks odd."""
