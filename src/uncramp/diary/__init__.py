"""What the person wrote: append-only versions, and the only place with SQL.

`connection` opens a diary, `schema` has its tables, `entries`, `people` and `settings` read and write them.
"""
