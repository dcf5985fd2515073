// SPDX-License-Identifier: Apache-2.0
using Microsoft.Data.Sqlite;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Sqlite;

/// <summary>Rows of a list in order, read one at a time: a list of any length costs the memory of one object.</summary>
internal static class SqliteRows
{
    public static IEnumerable<StoredObject> Read(SqliteConnection reader, ListRequest request)
    {
        using SqliteCommand command = reader.CreateCommand();
        command.CommandText = request.Workload is not null
            ? "SELECT namespace, name, revision, body FROM objects WHERE resource=$r AND namespace=$ns AND workload=$w AND name > $an ORDER BY name"
            : request.ObjectNamespace is null
            ? "SELECT namespace, name, revision, body FROM objects WHERE resource=$r AND (namespace, name) > ($ans, $an) ORDER BY namespace, name"
            : "SELECT namespace, name, revision, body FROM objects WHERE resource=$r AND namespace=$ns AND name > $an ORDER BY name";
        command.Parameters.AddWithValue("$r", request.Resource);
        command.Parameters.AddWithValue("$an", request.After?.Name ?? string.Empty);
        if (request.ObjectNamespace is null)
        {
            command.Parameters.AddWithValue("$ans", request.After?.ObjectNamespace ?? string.Empty);
        }
        else
        {
            command.Parameters.AddWithValue("$ns", request.ObjectNamespace);
        }

        if (request.Workload is { } workload)
        {
            command.Parameters.AddWithValue("$w", workload);
        }

        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            yield return new StoredObject(new ObjectKey(request.Resource, row.GetString(0), row.GetString(1)), row.GetInt64(2), (byte[])row.GetValue(3));
        }
    }
}
