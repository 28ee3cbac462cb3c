"""The examples of docs/method.md, each computed by `core`: one function a key."""
