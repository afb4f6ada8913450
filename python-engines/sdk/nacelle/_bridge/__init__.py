"""The Python half of the conversation between an engine and the Nacelle host.

Nothing here is for engines: an engine uses the package ``nacelle``. Importing this package must work in every Python
that can run engines, a sandboxed GraalPy without sockets, threads and ctypes among them; what only one of them has is
imported by the module of its transport (``process``, ``embedded``).
"""
