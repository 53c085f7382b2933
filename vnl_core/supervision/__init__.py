"""Processes that outlive the page that started them: supervisor, line, start and stop."""
