"""The reading edition: the executed lessons as static pages, with every explorer alive and no kernel."""
