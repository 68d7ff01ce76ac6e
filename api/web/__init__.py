"""Pages for people: view functions, templates, static files. Reading and posting work without JavaScript."""
