"""What Alembic runs: our revisions, on the connection it was given, inside its transaction."""

from alembic import context

from app.domain.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
