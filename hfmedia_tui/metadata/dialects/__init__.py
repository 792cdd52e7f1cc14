"""One module a tool: what it wrote into the text of a file, as a recipe, or None where the text is not its own."""
