"""Compare what we send with the newest huggingface_hub: `python -m tests.providers.drift`, from the checkout's root.

`python -m tests.providers.drift 2.3.0` takes that release. It is installed into a folder that is thrown away;
the environment stays as it is.
"""

import os
import subprocess
import sys
import tempfile


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        install = [sys.executable, '-m', 'pip', 'install', '--quiet', '--upgrade', '--target', folder]
        subprocess.run([*install, '=='.join(['huggingface_hub', *sys.argv[1:2]])], check=True)
        path = os.pathsep.join(filter(None, [folder, os.environ.get('PYTHONPATH')]))
        environment = {**os.environ, 'PYTHONPATH': path}
        release = 'import huggingface_hub; print("huggingface_hub", huggingface_hub.__version__, flush=True)'
        subprocess.run([sys.executable, '-c', release], env=environment, check=True)
        compare = [sys.executable, '-m', 'pytest', '-vv', 'tests/providers/test_published_client.py']
        return subprocess.run(compare, env=environment, check=False).returncode


if __name__ == '__main__':
    sys.exit(main())
