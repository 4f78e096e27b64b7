"""One file per scenario; ``tests.lab.scenario`` says what such a file holds."""
