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
)
