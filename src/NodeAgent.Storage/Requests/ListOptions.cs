// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.AspNetCore.Http;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Selectors;

namespace NodeAgent.Storage.Requests;

/// <summary>Query parameters of list, watch and deletecollection.</summary>
internal sealed record ListOptions
{
    public LabelSelectorText Labels { get; private init; } = LabelSelectorText.Everything;

    public FieldSelectorText Fields { get; private init; } = FieldSelectorText.Everything;

    /// <summary>0: no limit.</summary>
    public int Limit { get; private init; }

    public ContinueToken? Continue { get; private init; }

    /// <summary>Null: not given.</summary>
    public long? Revision { get; private init; }

    /// <summary>Shape: <c>Exact</c>, <c>NotOlderThan</c> or null.</summary>
    public string? RevisionMatch { get; private init; }

    /// <summary>Kubescape's <c>resourceVersion=metadata</c>; its <c>fullSpec</c> is what we always give.</summary>
    public bool MetadataOnly { get; private init; }

    public bool Watch { get; private init; }

    public bool Bookmarks { get; private init; }

    public bool? SendInitialEvents { get; private init; }

    public TimeSpan? Timeout { get; private init; }

    /// <exception cref="ApiException">400, 422 or, as upstream, 500 for a resourceVersion that is no number.</exception>
    public static ListOptions Parse(IQueryCollection query)
    {
        string revision = query["resourceVersion"].ToString();
        bool compatibility = revision is "metadata" or "fullSpec";
        ListOptions options;
        try
        {
            options = new ListOptions
            {
                Labels = LabelSelectorText.Parse(query["labelSelector"]),
                Fields = FieldSelectorText.Parse(query["fieldSelector"]),
                Limit = (int)Math.Min(Number(query, "limit") ?? 0, int.MaxValue),
                Continue = query["continue"].ToString() is { Length: > 0 } token ? ContinueToken.Decode(token) : null,
                Revision = revision.Length == 0 || compatibility ? null : ParseRevision(revision),
                RevisionMatch = query["resourceVersionMatch"].ToString() is { Length: > 0 } match ? match : null,
                MetadataOnly = revision == "metadata",
                Watch = IsWatch(query),
                Bookmarks = Flag(query, "allowWatchBookmarks") ?? false,
                SendInitialEvents = Flag(query, "sendInitialEvents"),
                Timeout = Number(query, "timeoutSeconds") is { } seconds and > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, 86400)) : null,
            };
        }
        catch (FormatException error)
        {
            throw Failures.BadRequest(error.Message);
        }

        options.Validate();
        return options;
    }

    /// <summary>What makes a list a watch; rights are asked for by it too.</summary>
    public static bool IsWatch(IQueryCollection query) => Flag(query, "watch") ?? false;

    public bool Selects(StoredObject item) => (Labels.IsEverything && Fields.IsEverything) || Selects(ObjectHeader.Read(item.Body));

    public bool Selects(ObjectHeader header) => Fields.Matches(header.Name, header.ObjectNamespace) && Labels.Matches(header.Labels);

    private static bool? Flag(IQueryCollection query, string name) => query[name].ToString() switch
    {
        "" => query.ContainsKey(name) ? true : null,
        "0" or "false" or "f" or "F" or "False" or "FALSE" => false,
        _ => true,
    };

    private static long? Number(IQueryCollection query, string name) => query[name].ToString() switch
    {
        "" => null,
        string text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw Failures.BadRequest($"{name}: Invalid value: \"{text}\": must be a number that is not negative"),
    };

    private static long ParseRevision(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long revision)
        ? revision
        : throw new ApiException(Failures.Status(500, null, $"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax"));

    private void Validate()
    {
        if (RevisionMatch is not (null or "Exact" or "NotOlderThan"))
        {
            throw Failures.InvalidOptions("ListOptions", "resourceVersionMatch", "FieldValueNotSupported", $"Unsupported value: \"{RevisionMatch}\": supported values: \"Exact\", \"NotOlderThan\"");
        }

        if (SendInitialEvents is not null && RevisionMatch != "NotOlderThan")
        {
            throw Failures.InvalidOptions("ListOptions", "resourceVersionMatch", "FieldValueForbidden", "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }

        if (SendInitialEvents is not null && !Watch)
        {
            throw Failures.InvalidOptions("ListOptions", "sendInitialEvents", "FieldValueForbidden", "Forbidden: sendInitialEvents is forbidden for list");
        }

        if (RevisionMatch is not null && SendInitialEvents is null && (Watch || Revision is null))
        {
            throw Failures.InvalidOptions("ListOptions", "resourceVersionMatch", "FieldValueForbidden", "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided, and for watch");
        }

        if (RevisionMatch == "Exact" && Revision == 0)
        {
            throw Failures.InvalidOptions("ListOptions", "resourceVersionMatch", "FieldValueForbidden", "Forbidden: resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"");
        }

        if (Continue is not null && Revision is > 0)
        {
            throw Failures.BadRequest("specifying resource version is not allowed when using continue");
        }
    }
}
