"""The full-screen editor: one process per login, a client of the control socket like any command."""
