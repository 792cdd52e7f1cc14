"""The ledger's schema, as the list of steps that made it. Only ever appended to."""

from typing import Final

__all__ = ['MIGRATIONS']

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        # `body` is the whole Order as JSON; the columns beside it are there to be searched.
        """
        CREATE TABLE orders (
            id TEXT PRIMARY KEY,
            created_at TEXT NOT NULL,
            router TEXT NOT NULL,
            body TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        # `seed` is text, because a seed may be larger than SQLite's integers. `owner` names the process that drives
        # the job. `collectable` is 1 when a job that ended was paid for and its last attempt can still be collected.
        # `wanted` is what another process asks of the owner.
        """
        CREATE TABLE jobs (
            sequence INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            order_id TEXT NOT NULL REFERENCES orders (id),
            position INTEGER NOT NULL,
            seed TEXT NOT NULL,
            state TEXT NOT NULL,
            provider TEXT,
            priority INTEGER NOT NULL,
            progress TEXT NOT NULL,
            error TEXT,
            note TEXT,
            created_at TEXT NOT NULL,
            started_at TEXT,
            finished_at TEXT,
            owner TEXT,
            wanted TEXT,
            collectable INTEGER NOT NULL DEFAULT 0
        ) STRICT
        """,
        'CREATE INDEX jobs_by_state ON jobs (state)',
        'CREATE INDEX jobs_by_order ON jobs (order_id)',
        # `progress` is the whole Progress as JSON, saved before its step is performed.
        """
        CREATE TABLE attempts (
            job_id TEXT NOT NULL REFERENCES jobs (id),
            ordinal INTEGER NOT NULL,
            mapping TEXT NOT NULL,
            progress TEXT,
            status INTEGER,
            error TEXT,
            started_at TEXT NOT NULL,
            finished_at TEXT,
            PRIMARY KEY (job_id, ordinal)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE outputs (
            job_id TEXT NOT NULL REFERENCES jobs (id),
            ordinal INTEGER NOT NULL,
            path TEXT NOT NULL,
            media_type TEXT NOT NULL,
            width INTEGER,
            height INTEGER,
            duration REAL,
            size INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            PRIMARY KEY (job_id, ordinal)
        ) STRICT, WITHOUT ROWID
        """,
    ),
    # What the provider told about the result, as JSON.
    ('ALTER TABLE jobs ADD COLUMN facts TEXT',),
    # Models that the user marked, and which ones were asked for when.
    (
        """
        CREATE TABLE favourites (
            model TEXT PRIMARY KEY,
            added_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        """
        ALTER TABLE orders ADD COLUMN model TEXT GENERATED ALWAYS AS
            (CASE WHEN json_valid(body) THEN json_extract(body, '$.model') END) VIRTUAL
        """,
        'CREATE INDEX orders_by_model ON orders (model, created_at)',
    ),
    # `revision` counts the changes of all jobs, so that another process can ask for what changed since it last looked.
    (
        'CREATE TABLE clock (revision INTEGER NOT NULL) STRICT',
        'INSERT INTO clock VALUES (0)',
        'ALTER TABLE jobs ADD COLUMN revision INTEGER NOT NULL DEFAULT 0',
        'CREATE INDEX jobs_by_revision ON jobs (revision)',
        """
        CREATE TRIGGER job_added AFTER INSERT ON jobs BEGIN
            UPDATE clock SET revision = revision + 1;
            UPDATE jobs SET revision = (SELECT revision FROM clock) WHERE sequence = NEW.sequence;
        END
        """,
        """
        CREATE TRIGGER job_changed AFTER UPDATE ON jobs WHEN NEW.revision = OLD.revision BEGIN
            UPDATE clock SET revision = revision + 1;
            UPDATE jobs SET revision = (SELECT revision FROM clock) WHERE sequence = NEW.sequence;
        END
        """,
    ),
    # `trash` is the step that a job has come to on its way into the trash and out of it, null for one that never went.
    # `home` is where a file is restored to, `place` where it lies meanwhile.
    (
        'ALTER TABLE jobs ADD COLUMN trash TEXT',
        'ALTER TABLE jobs ADD COLUMN trashed_at TEXT',
        'CREATE INDEX jobs_by_trash ON jobs (trash) WHERE trash IS NOT NULL',
        """
        CREATE TABLE trashed_files (
            job_id TEXT NOT NULL REFERENCES jobs (id),
            ordinal INTEGER NOT NULL,
            home TEXT NOT NULL,
            place TEXT NOT NULL,
            PRIMARY KEY (job_id, ordinal)
        ) STRICT, WITHOUT ROWID
        """,
    ),
    # How long jobs ran that succeeded in one go, filed by what a person would compare them by. One that was taken up
    # again counts its time from there: its attempt began before it did.
    (
        """
        CREATE TABLE runs (
            router TEXT NOT NULL,
            model TEXT NOT NULL,
            provider TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            seconds REAL NOT NULL,
            PRIMARY KEY (router, model, provider, sequence)
        ) STRICT, WITHOUT ROWID
        """,
        """
        INSERT INTO runs
        SELECT orders.router, orders.model, jobs.provider, jobs.sequence,
            86400.0 * (julianday(jobs.finished_at) - julianday(jobs.started_at))
        FROM jobs JOIN orders ON orders.id = jobs.order_id JOIN attempts ON attempts.job_id = jobs.id
        WHERE jobs.state = 'succeeded' AND jobs.provider IS NOT NULL AND orders.model IS NOT NULL
            AND julianday(jobs.finished_at) >= julianday(jobs.started_at)
        GROUP BY jobs.sequence HAVING count(*) = 1 AND max(attempts.started_at) >= jobs.started_at
        """,
        """
        CREATE TRIGGER job_ran AFTER UPDATE OF state ON jobs
        WHEN NEW.state = 'succeeded' AND OLD.state != 'succeeded' AND NEW.provider IS NOT NULL BEGIN
            INSERT OR REPLACE INTO runs
            SELECT orders.router, orders.model, NEW.provider, NEW.sequence,
                86400.0 * (julianday(NEW.finished_at) - julianday(NEW.started_at))
            FROM orders JOIN attempts ON attempts.job_id = NEW.id
            WHERE orders.id = NEW.order_id AND orders.model IS NOT NULL
                AND julianday(NEW.finished_at) >= julianday(NEW.started_at)
            GROUP BY orders.id HAVING count(*) = 1 AND max(attempts.started_at) >= NEW.started_at;
        END
        """,
    ),
    # What the user made of results: favourites, and words to find them by.
    (
        """
        CREATE TABLE favourite_results (
            job_id TEXT NOT NULL REFERENCES jobs (id),
            ordinal INTEGER NOT NULL,
            PRIMARY KEY (job_id, ordinal)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE result_tags (
            job_id TEXT NOT NULL REFERENCES jobs (id),
            ordinal INTEGER NOT NULL,
            tag TEXT NOT NULL,
            PRIMARY KEY (job_id, ordinal, tag)
        ) STRICT, WITHOUT ROWID
        """,
    ),
    # Which jobs the user paused, and whether all of them: then nothing new starts.
    (
        'ALTER TABLE jobs ADD COLUMN paused INTEGER NOT NULL DEFAULT 0',
        'CREATE TABLE line (paused INTEGER NOT NULL) STRICT',
        'INSERT INTO line VALUES (0)',
    ),
    # What was sent since when is counted before more is.
    ('CREATE INDEX attempts_by_start ON attempts (started_at)',),
    # What can be collected is asked for at each start, among all that has ended.
    ('CREATE INDEX jobs_to_collect ON jobs (sequence) WHERE collectable = 1',),
)
