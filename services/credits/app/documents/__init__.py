"""What is handed out: certificates of completion, badges, transcripts."""
