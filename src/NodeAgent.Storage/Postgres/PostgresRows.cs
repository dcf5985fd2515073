// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;
using Npgsql;
using NpgsqlTypes;

namespace NodeAgent.Storage.Postgres;

/// <summary>Rows of a list in order, some at a time inside one snapshot: a list of any length costs little memory, and a reader that stops early reads little too much.</summary>
internal static class PostgresRows
{
    // Closing a reader reads what is left of its rows, so the first request is small.
    private const int FirstRows = 32;
    private const int MaxRows = 512;
    private const int MaxHeads = 4096;

    private const string From = $"FROM {PostgresSchema.Name}.objects o JOIN {PostgresSchema.Name}.versions v ON v.revision = o.revision";
    private const string Columns = $"SELECT o.namespace, o.name, o.revision, v.body, octet_length(v.body) {From}";
    private const string Heads = $"SELECT o.namespace, o.name, o.revision, coalesce(v.head, v.body), octet_length(v.body) {From}";

    public static IEnumerable<StoredObject> Read(NpgsqlConnection connection, ListRequest request)
    {
        ListPosition after = request.After ?? new ListPosition(string.Empty, string.Empty);
        bool more = PostgresText.IsStorable(request);
        int most = request.MetadataOnly ? MaxHeads : MaxRows;
        for (int rows = FirstRows; more; rows = Math.Min(rows * 4, most))
        {
            int count = 0;
            foreach (StoredObject item in ReadSome(connection, request, after, rows))
            {
                after = new ListPosition(item.Key.ObjectNamespace, item.Key.Name);
                count++;
                yield return item;
            }

            more = count == rows;
        }
    }

    private static IEnumerable<StoredObject> ReadSome(NpgsqlConnection connection, ListRequest request, ListPosition after, int rows)
    {
        using NpgsqlCommand command = Command(connection, request, after, rows);
        using NpgsqlDataReader reader = Try(() => command.ExecuteReader());
        while (Try(reader.Read))
        {
            yield return Try(() => Row(reader, request.Resource));
        }
    }

    private static StoredObject Row(NpgsqlDataReader reader, string resource)
    {
        var key = new ObjectKey(resource, reader.GetString(0), reader.GetString(1));
        return new StoredObject(key, reader.GetInt64(2), reader.GetFieldValue<byte[]>(3)) { SizeBytes = reader.GetInt32(4) };
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, ListRequest request, ListPosition after, int rows)
    {
        var command = new NpgsqlCommand { Connection = connection };
        string columns = request.MetadataOnly ? Heads : Columns;
        command.Parameters.Add(new NpgsqlParameter { Value = request.Resource, NpgsqlDbType = NpgsqlDbType.Text });
        if (request.ObjectNamespace is { } objectNamespace)
        {
            command.CommandText = columns + " WHERE o.resource = $1 AND o.namespace = $2 AND o.name > $3" + (request.Workload is null ? string.Empty : " AND o.workload = $5") + " ORDER BY o.name LIMIT $4";
            command.Parameters.Add(new NpgsqlParameter { Value = objectNamespace, NpgsqlDbType = NpgsqlDbType.Text });
        }
        else
        {
            command.CommandText = columns + " WHERE o.resource = $1 AND (o.namespace, o.name) > ($2, $3) ORDER BY o.namespace, o.name LIMIT $4";
            command.Parameters.Add(new NpgsqlParameter { Value = after.ObjectNamespace, NpgsqlDbType = NpgsqlDbType.Text });
        }

        command.Parameters.Add(new NpgsqlParameter { Value = after.Name, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = rows, NpgsqlDbType = NpgsqlDbType.Integer });
        if (request.Workload is { } workload)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = workload, NpgsqlDbType = NpgsqlDbType.Text });
        }

        return command;
    }

    private static T Try<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (PostgresFault.Is(error))
        {
            throw PostgresFault.Explain(error);
        }
    }
}
