"""A sandbox that plays WeChat Pay on this machine: API, signed notifications, bills, and a page to pay on."""
