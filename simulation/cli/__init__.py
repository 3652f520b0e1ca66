"""The `kindling` command: one module a command, none imported before it is needed."""
