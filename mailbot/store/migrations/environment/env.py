"""Runs the migrations over the connection that `mailbot.store.opening` hands in."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
