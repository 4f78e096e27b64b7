"""Effect blocks, one per file: kernels on arena indices, each with a plain twin in the tests."""
