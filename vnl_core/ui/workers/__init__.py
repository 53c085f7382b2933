"""The warm processes that roll out and film for the pages."""
