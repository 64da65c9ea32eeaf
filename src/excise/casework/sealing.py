"""Seals: who writes cannot read.

A seal has a public part, which lies in the data folder and only closes, and a private part, which opens and
is kept under a passphrase. Each session draws a fresh X25519 key (RFC 7748), agrees on a secret with the
public part, derives a key from it by HKDF-SHA-256 (RFC 5869) and seals pieces with ChaCha20-Poly1305 (RFC
8439) under a counter. A piece that was changed, moved, repeated or left out is noticed, and so is a missing end.
"""


