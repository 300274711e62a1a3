"""What Alembic runs to migrate: on the connection and in the transaction that it is handed."""

from __future__ import annotations

from alembic import context

from leadgrade.storage.schema import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
