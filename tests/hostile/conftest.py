"""Users with secrets, and others who would like to have them."""

from tests.cli.conftest import environment, online, run_offline, run_online

__all__ = ['environment', 'online', 'run_offline', 'run_online']
