"""Where points meets the outside: the file of signing keys, and the verifier that needs nothing of this program."""
