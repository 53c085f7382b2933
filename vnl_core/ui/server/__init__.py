"""Routes beside the pages, pictures for them, memory."""
