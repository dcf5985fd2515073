// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace NodeAgent.Kubernetes.Requests;

/// <summary>What may be asked of a list or a watch. Source: Kubernetes API, meta/v1 ListOptions.</summary>
public sealed record ListOptions
{
    public string? FieldSelector { get; init; }

    public string? LabelSelector { get; init; }

    /// <summary>Units: objects of one page; null = all.</summary>
    public int? Limit { get; init; }

    /// <summary>Where the page before ended.</summary>
    public string? Continue { get; init; }

    /// <summary>Shape: a list's null = the newest, <c>0</c> = whatever the server has at hand; a watch's is what was seen last.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Units: seconds after which the server ends a watch.</summary>
    public int? TimeoutSeconds { get; init; }

    /// <summary>Of a watch: how late changes may be told, so that those that come meanwhile are read together. Not the server's business.</summary>
    public TimeSpan Gather { get; init; }

    internal string Query(bool watch)
    {
        var query = new StringBuilder();
        if (watch)
        {
            Add(query, "watch", "1");
            Add(query, "allowWatchBookmarks", "true");
        }

        Add(query, "fieldSelector", FieldSelector);
        Add(query, "labelSelector", LabelSelector);
        Add(query, "limit", Limit?.ToString(CultureInfo.InvariantCulture));
        Add(query, "continue", Continue);

        // A page is of the same version as the first one, and the server refuses to be told it again.
        Add(query, "resourceVersion", Continue is null ? ResourceVersion : null);
        Add(query, "timeoutSeconds", TimeoutSeconds?.ToString(CultureInfo.InvariantCulture));
        return query.ToString();
    }

    private static void Add(StringBuilder query, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }
}
