"""The program in a browser: read the request, call one action, show the answer. Works without scripts."""
