"""Every command and its options."""

import io
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

from hfmedia_tui import __version__
from hfmedia_tui.cli.exits import EXIT_INTERRUPTED
from hfmedia_tui.cli.streams import plain
from hfmedia_tui.errors import UsageError

__all__ = ['run_command']

json_option = click.option('--json', 'as_json', is_flag=True, help='One JSON object a line, and nothing else.')
dry_run_option = click.option(
    '--dry-run', is_flag=True, help='Show what would be sent, and how many requests are paid; send nothing.'
)
over_limit_option = click.option('--over-limit', is_flag=True, help='Send more than the settings allow.')
sandbox_option = click.option('--sandbox', is_flag=True, help='Use the built-in sandbox: no account, no network.')
TASKS = ('text-to-image', 'text-to-video')
ORDERS = ('trend', 'likes', 'downloads', 'favourites')
SHELLS = ('bash', 'zsh', 'fish')
STATES = ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted')


def run_command() -> object:
    """Do what the command line asks for, and return the exit code, or nothing for 0."""
    try:
        return command.main(standalone_mode=False)
    except click.ClickException as error:
        # It may repeat the command line, which can hold anything.
        said = io.StringIO()
        error.show(said)
        with suppress(OSError):
            click.echo(plain(said.getvalue()), err=True, nl=False)
        return error.exit_code
    except click.Abort:
        return EXIT_INTERRUPTED


class Parameter(click.ParamType[Any]):
    """The type of one of the declared parameters."""

    def __init__(self, parameter: str) -> None:
        self.name = parameter

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from hfmedia_tui.parameters import parse

        try:
            return parse(self.name, str(value))
        except UsageError as error:
            self.fail(str(error), param, ctx)


class ParameterOption(click.Option):
    """An option that is one of the declared parameters, which is read when it is needed: it says the rest."""

    def __init__(self, declarations: Sequence[str], **options: Any) -> None:
        super().__init__(declarations, **options)
        self.type = Parameter(str(self.name))

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        from hfmedia_tui.parameters import describe

        self.metavar, self.help = describe(str(self.name))
        return super().get_help_record(ctx)


@click.group(invoke_without_command=True, context_settings={'help_option_names': ['-h', '--help']})
@click.version_option(__version__, prog_name='hfmedia-tui', message='%(prog)s %(version)s')
@click.option('--verbose', is_flag=True, help='Tell more, in the log and on standard error.')
@click.option('--linear', is_flag=True, help='Ask and tell line by line, for a screen reader; nothing is drawn.')
@sandbox_option
@click.pass_context
def command(context: click.Context, verbose: bool, linear: bool, sandbox: bool) -> int | None:
    """Make pictures and films with Hugging Face models, from a terminal.

    Without a command, the interface starts.

    Exit codes: 0 when all succeeded, 1 when something did not, 2 for a mistake in the command, 3 when more would be
    sent than the settings allow, 124 when `wait` ran out of time, 129 when the terminal was gone, 130 after Ctrl+C,
    143 after SIGTERM.
    """
    if context.invoked_subcommand not in ('sandbox', 'locate'):
        from hfmedia_tui.cli.logs import start_log

        start_log(verbose=verbose, on_stderr=verbose and context.invoked_subcommand is not None)
    context.obj = {'sandbox': sandbox}
    if context.invoked_subcommand is None:
        from hfmedia_tui.cli.interface import start

        return start(sandbox=sandbox, linear=linear)
    return None


@command.command()
@click.argument('prompt', required=False)
@click.option('--prompts', metavar='FILE|-', help='Prompts from a file: one a line, or a JSON object a line.')
@dry_run_option
@click.option('--model', metavar='MODEL[:PROVIDER]', help='The model, and the one provider to ask.')
@click.option('-n', 'count', type=click.IntRange(1, 1000), default=1, help='How many generations.')
@click.option('--aspect-ratio', metavar='W:H', help='Such as 16:9; sets width and height.')
@click.option('--width', cls=ParameterOption)
@click.option('--height', cls=ParameterOption)
@click.option('--steps', 'num_inference_steps', cls=ParameterOption)
@click.option('--guidance-scale', cls=ParameterOption)
@click.option('--negative-prompt', cls=ParameterOption)
@click.option('--seed', type=click.IntRange(0), help="The first generation's seed; the next ones count up.")
@click.option('--resolution', cls=ParameterOption)
@click.option('--num-frames', cls=ParameterOption)
@click.option('--extra', metavar='JSON', help='An object that the provider gets as it stands.')
@click.option('--output', type=click.Path(file_okay=False), help='The folder for results.')
@click.option(
    '--name',
    metavar='TEMPLATE',
    help='What files are called, of {date} {time} {prompt} {task} {model} {provider} {seed} {index} {id}.',
)
@click.option('--concurrency', type=click.IntRange(1), help='How many run at once.')
@click.option('--timeout', type=float, metavar='SECONDS', help='For each generation as a whole.')
@click.option('--proxy', metavar='URL')
@click.option('--bill-to', metavar='ORG', help='The organisation that pays.')
@click.option('--no-fallback', is_flag=True, help='Do not go on to the next provider.')
@click.option('--template', is_flag=True, help='Make each {red|blue} alternative and each line of a __wildcard__.')
@over_limit_option
@json_option
@sandbox_option
@click.pass_context
def generate(context: click.Context, /, prompt: str | None, sandbox: bool, **options: Any) -> int:
    """Generate from PROMPT, or from the prompts of a file.

    A dash for PROMPT is standard input.

    In a file of JSON lines each has a "prompt", and may have "model", "n", "seed", "aspect_ratio", "extra" and any
    parameter, such as "width" or "num_inference_steps"; the options count where a line says nothing.
    """
    if (prompt is None) == (options['prompts'] is None):
        raise click.UsageError('Give a PROMPT, or --prompts FILE.')
    from hfmedia_tui.cli.generate import run_generate

    return run_generate(prompt, sandbox=sandbox or context.obj['sandbox'], **options)


@command.command()
@click.option('--task', type=click.Choice(TASKS))
@click.option('--provider', help='Those that it serves live.')
@click.option(
    '--gated/--open', 'gated', default=None, help='Those that access has to be asked for, or those open to all.'
)
@click.option('--lora/--no-lora', 'lora', default=None, help='LoRA adapters, or none of them.')
@click.option('--sort', type=click.Choice(ORDERS), default='trend', show_default=True)
@click.option('--search', metavar='TEXT', help='Words, and filters such as provider:fal-ai; the best first.')
@click.option('--refresh', is_flag=True, help='Ask the Hub anew.')
@json_option
@sandbox_option
@click.pass_context
def models(context: click.Context, /, sandbox: bool, **options: Any) -> int:
    """List the models that can be used now."""
    from hfmedia_tui.cli.listing import list_models

    return list_models(sandbox=sandbox or context.obj['sandbox'], **options)


@command.command()
@click.option('--state', type=click.Choice(STATES))
@click.option('--search', metavar='TEXT', help='Words, and filters such as provider:fal-ai seed:42 !nsfw.')
@click.option('--trash', 'place', flag_value='trash', help='Those in the trash.')
@click.option('--deleted', 'place', flag_value='deleted', help='Those whose files were deleted for good.')
@json_option
def jobs(state: str | None, search: str | None, place: str | None, as_json: bool) -> int:
    """List the jobs of the ledger, oldest first."""
    from hfmedia_tui.cli.listing import list_jobs

    return list_jobs(state=state, search=search, place=place, as_json=as_json)


@command.command()
@click.argument('job_ids', metavar='JOB...', nargs=-1)
@click.option('--list', 'listed', is_flag=True, help='List what lies there.')
@click.option('--empty', is_flag=True, help='Delete all that lies there for good; the ledger keeps what was paid.')
@click.option('--yes', is_flag=True, help='Do not ask before deleting.')
@json_option
def trash(job_ids: tuple[str, ...], listed: bool, empty: bool, yes: bool, as_json: bool) -> int:
    """Throw ended jobs away with their files.

    `restore` brings them back.
    """
    if [bool(job_ids), listed, empty].count(True) != 1:
        raise click.UsageError('Name jobs, or give --list or --empty.')
    if listed:
        from hfmedia_tui.cli.listing import list_jobs

        return list_jobs(state=None, search=None, place='trash', as_json=as_json)
    from hfmedia_tui.cli.trash import empty_trash, throw_away

    return empty_trash(sure=yes) if empty else throw_away(job_ids)


@command.command()
@click.argument('job_ids', metavar='JOB...', nargs=-1, required=True)
def restore(job_ids: tuple[str, ...]) -> int:
    """Bring jobs back from the trash, each file to its place."""
    from hfmedia_tui.cli.trash import bring_back

    return bring_back(job_ids)


@command.command()
@click.option('--sent-only', is_flag=True, help='Collect what a provider was asked for; send nothing.')
@json_option
def resume(sent_only: bool, as_json: bool) -> int:
    """Run what was left waiting and collect what was paid for."""
    from hfmedia_tui.cli.earlier import run_resume

    return run_resume(sent_only=sent_only, as_json=as_json)


@command.command()
@click.argument('job_ids', metavar='[JOB...]', nargs=-1)
@json_option
def collect(job_ids: tuple[str, ...], as_json: bool) -> int:
    """Bring home what a provider was asked for; nothing new is sent. Without JOB, all of it."""
    from hfmedia_tui.cli.earlier import run_collect

    return run_collect(job_ids, as_json=as_json)


@command.command()
@click.argument('job_ids', metavar='[JOB...]', nargs=-1)
@click.option('--timeout', type=click.FloatRange(0), metavar='SECONDS', help='Wait no longer; exit code 124.')
@json_option
def wait(job_ids: tuple[str, ...], timeout: float | None, as_json: bool) -> int:
    """Wait until jobs that other processes drive have ended. Without JOB, all that go on now."""
    from hfmedia_tui.cli.waiting import run_wait

    return run_wait(job_ids, timeout=timeout, as_json=as_json)


@command.command()
@click.argument('job_ids', metavar='JOB...', nargs=-1, required=True)
def cancel(job_ids: tuple[str, ...]) -> int:
    """Cancel jobs, wherever they run."""
    from hfmedia_tui.cli.earlier import run_cancel

    return run_cancel(job_ids)


@command.command()
@click.argument('job_ids', metavar='JOB...', nargs=-1)
@click.option('--failed', is_flag=True, help='Every job that failed.')
@over_limit_option
@json_option
def retry(job_ids: tuple[str, ...], failed: bool, over_limit: bool, as_json: bool) -> int:
    """Run jobs again, from the earliest step that is not paid for."""
    from hfmedia_tui.cli.earlier import run_retry

    if bool(job_ids) == failed:
        raise click.UsageError('Name jobs, or give --failed.')
    return run_retry(job_ids, failed=failed, over_limit=over_limit, as_json=as_json)


@command.command()
@click.argument('file', type=click.Path())
@json_option
def show(file: str, as_json: bool) -> int:
    """Show how FILE was made, whichever tool made it."""
    from hfmedia_tui.cli.recipes import run_show

    return run_show(file, as_json=as_json)


@command.command()
@click.argument('name', metavar='FILE|JOB')
@click.option('--model', metavar='MODEL[:PROVIDER]', help='Another model, or provider, than it was made with.')
@click.option('-n', 'count', type=click.IntRange(1, 1000), default=1, help='How many generations.')
@click.option('--seed', type=click.IntRange(0), help='Another seed than it was made with.')
@click.option('--new-seed', is_flag=True, help='A random seed.')
@click.option('--output', type=click.Path(file_okay=False), help='The folder for results.')
@dry_run_option
@over_limit_option
@json_option
@sandbox_option
@click.pass_context
def again(context: click.Context, /, name: str, sandbox: bool, **options: Any) -> int:
    """Generate once more what FILE or JOB was made from.

    It has the same seed, and is a new request, billed as one.
    """
    from hfmedia_tui.cli.recipes import run_again

    if options['seed'] is not None and options['new_seed']:
        raise click.UsageError('Give --seed or --new-seed.')
    return run_again(name, sandbox=sandbox or context.obj['sandbox'], **options)


@command.command()
def locate() -> None:
    """Say where everything lies."""
    from hfmedia_tui.paths import find_paths

    paths = find_paths()
    for name, path in (
        ('settings', paths.settings),
        ('ledger', paths.ledger),
        ('cache', paths.cache),
        ('log', paths.log_file),
        ('output', paths.output),
    ):
        click.echo(plain(f'{name:<10}{path}'))


@command.command()
@click.argument('shell', type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Write what completes commands and options in SHELL.

    For bash `eval "$(hfmedia-tui completion bash)"` in ~/.bashrc, for zsh the same in ~/.zshrc after compinit, for
    fish `hfmedia-tui completion fish | source` in ~/.config/fish/config.fish.
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None, 'click knows all of SHELLS'
    click.echo(kind(command, {}, 'hfmedia-tui', '_HFMEDIA_TUI_COMPLETE').source())


@command.command()
@json_option
@sandbox_option
@click.pass_context
def doctor(context: click.Context, /, as_json: bool, sandbox: bool) -> int:
    """Check token, endpoints, terminal, spending and folders."""
    from hfmedia_tui.cli.doctor import run_doctor

    return run_doctor(as_json=as_json, sandbox=sandbox or context.obj['sandbox'])


@command.command()
@click.option('--port', type=click.IntRange(0, 65535), default=0, help='0 for any that is free.')
def sandbox(port: int) -> None:
    """Serve the sandbox for any other client, until Ctrl+C."""
    from hfmedia_tui.cli.sandbox import serve_sandbox

    serve_sandbox(port)
