"""Version 1 of the API: fields are added to it, and never changed or reused."""
