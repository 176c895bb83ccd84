"""Who may speak RSVP with us (INTEGRITY), and what they may ask for (policy)."""
