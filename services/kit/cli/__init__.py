"""What operators' commands of all services share."""
