"""The shell: every side effect, all wiring, all third-party SDKs.

`writer` is the one read-write connection, `turn` what happens to one update, `storage` the named SQL behind
the handlers' stores, `channels` the ways people reach us, `schedule` and `outbox` what we send unasked.
Only this package knows the clock, the disk and the network.
"""
