// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Storage.Objects;
using Npgsql;

namespace NodeAgent.Storage.Postgres;

/// <summary>Tables in a schema of their own, brought up to date step by step.</summary>
internal static class PostgresSchema
{
    public const string Name = "node_agent_storage";

    // Taken for the length of a migration: two replicas that start at once do it one after the other.
    private const long MigrationLock = 0x4E41_6167_0001;

    // A body stands once, in versions; an object is the number of its newest version. What was written over stays for a while, so
    // that replicas and watchers can catch up, and is found again through 'previous'. No hash of anything: every access is by key.
    private const string First = $$"""
        CREATE TABLE {{Name}}.counter(
          id integer PRIMARY KEY CHECK (id = 1), revision bigint NOT NULL) WITH (fillfactor = 10);
        INSERT INTO {{Name}}.counter VALUES (1, 1);
        CREATE TABLE {{Name}}.horizon(
          id integer PRIMARY KEY CHECK (id = 1), oldest bigint NOT NULL) WITH (fillfactor = 10);
        INSERT INTO {{Name}}.horizon VALUES (1, 1);
        CREATE TABLE {{Name}}.objects(
          resource text COLLATE "C" NOT NULL, namespace text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL,
          revision bigint NOT NULL,
          PRIMARY KEY (resource, namespace, name)) WITH (fillfactor = 70);
        CREATE TABLE {{Name}}.versions(
          revision bigint PRIMARY KEY,
          resource text COLLATE "C" NOT NULL, namespace text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL,
          previous bigint NOT NULL, body bytea);
        CREATE TABLE {{Name}}.batches(id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
        CREATE INDEX batches_by_time ON {{Name}}.batches(at);
        COMMENT ON TABLE {{Name}}.versions IS 'body: JSON; null: the object was deleted. previous: the version that it replaced, 0: none';
        COMMENT ON TABLE {{Name}}.batches IS 'transactions of the last minutes: a replica that lost its connection at COMMIT looks here';
        DO $$ BEGIN
          EXECUTE 'ALTER TABLE {{Name}}.versions ALTER COLUMN body SET COMPRESSION lz4';
        EXCEPTION WHEN feature_not_supported OR syntax_error OR invalid_parameter_value THEN NULL; -- pglz then
        END $$;
        """;

    // Labels as the resource catalogue reads them; see WorkloadKey. Cut out of the text: its json would refuse a document that holds a NUL anywhere.
    private const string Workloads = $$"""
        ALTER TABLE {{Name}}.objects ADD COLUMN workload text COLLATE "C";
        UPDATE {{Name}}.objects o SET workload = coalesce(l ->> 'kubescape.io/workload-kind', '') || '/' || nullif(l ->> 'kubescape.io/workload-name', '') || '/'
            || coalesce(l ->> 'kubescape.io/workload-namespace', '') || '/' || coalesce(l ->> 'kubescape.io/instance-template-hash', '')
        FROM (SELECT revision, substring(convert_from(body, 'UTF8') FROM '^\{"apiVersion":"[^"]*","kind":"[^"]*","metadata":\{[^][{}]*"labels":(\{[^{}]*\})')::json AS l
              FROM {{Name}}.versions WHERE resource = 'containerprofiles.spdx.softwarecomposition.kubescape.io' AND body IS NOT NULL) v
        WHERE v.revision = o.revision;
        CREATE INDEX objects_by_workload ON {{Name}}.objects(resource, namespace, workload, name) WHERE workload IS NOT NULL;
        """;

    // The document up to the end of its metadata, beside the whole: lists of metadata read no more. Null in rows of older programs, which may still
    // write beside this one; there the whole is read.
    private const string Heads = $"ALTER TABLE {Name}.versions ADD COLUMN head bytea";

    /// <summary>One step a version. Append-only.</summary>
    public static IReadOnlyList<string> Migrations { get; } = [First, Workloads, Heads];

    /// <exception cref="StoreUnavailableException">The database is of a newer program.</exception>
    public static void Ensure(NpgsqlConnection connection, IReadOnlyList<string> migrations)
    {
        // Asked first without a lock: a role that may not make tables, or a read-only server, does for a database that is up to date.
        if (Version(connection, migrations.Count) == migrations.Count)
        {
            return;
        }

        using NpgsqlTransaction transaction = connection.BeginTransaction();
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({MigrationLock})"));
        int version = Version(connection, migrations.Count);
        if (version == 0)
        {
            Execute(connection, $"CREATE SCHEMA IF NOT EXISTS {Name}; CREATE TABLE {Name}.schema_version(version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())");
        }

        for (; version < migrations.Count; version++)
        {
            Execute(connection, migrations[version]);
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO {Name}.schema_version(version) VALUES ({version + 1})"));
        }

        transaction.Commit();
    }

    private static int Version(NpgsqlConnection connection, int known)
    {
        // Read from the table of tables: to_regclass may answer from a cache that is older than the lock.
        using var exists = new NpgsqlCommand(
            $"SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '{Name}' AND c.relname = 'schema_version')", connection);
        if (exists.ExecuteScalar() is not true)
        {
            return 0;
        }

        using var newest = new NpgsqlCommand($"SELECT coalesce(max(version), 0) FROM {Name}.schema_version", connection);
        int version = (int)newest.ExecuteScalar()!;
        return version <= known
            ? version
            : throw new StoreUnavailableException($"the database has schema version {version}, which is of a newer program; this one knows versions up to {known}");
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // Constants of this file, or a test's.
        using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
