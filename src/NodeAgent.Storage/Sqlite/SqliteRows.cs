// SPDX-License-Identifier: Apache-2.0
using Microsoft.Data.Sqlite;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Sqlite;

/// <summary>Rows of a list in order, read one at a time: a list of any length costs the memory of one object.</summary>
internal static class SqliteRows
{
    /// <param name="version">Of the file's schema.</param>
    public static IEnumerable<StoredObject> Read(SqliteConnection reader, ListRequest request, long version)
    {
        using SqliteCommand command = reader.CreateCommand();
        string which = request.Workload is not null ? "namespace=$ns AND workload=$w AND name > $an ORDER BY name"
            : request.ObjectNamespace is null ? "(namespace, name) > ($ans, $an) ORDER BY namespace, name"
            : "namespace=$ns AND name > $an ORDER BY name";
#pragma warning disable CA2100 // Constants.
        command.CommandText = $"SELECT namespace, name, {SqliteBodies.Columns(version, request.MetadataOnly)} FROM objects WHERE resource=$r AND {which}";
#pragma warning restore CA2100
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
            yield return SqliteBodies.Read(row, 2, new ObjectKey(request.Resource, row.GetString(0), row.GetString(1)));
        }
    }
}
