"""An index in PostgreSQL, for workers on many hosts: manifest and vectors in one database, one writer at a time, versions by number.

Whatever changes what is searchable raises the generation in the same transaction. Each worker holds texts, postings and small sets of
vectors in memory and asks for the generation before each search; where it has grown, it reads the differences from one snapshot.
"""
