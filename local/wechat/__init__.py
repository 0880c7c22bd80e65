"""A sandbox that plays WeChat on this machine, as far as people sign in with it: QR code, consent, codes, people."""
