// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Storage.Requests;

namespace NodeAgent.Storage.Representation;

internal enum RepresentationKind
{
    Object,
    Table,
    PartialMetadata,
}

/// <summary>How the client wants to see objects.</summary>
/// <param name="MetaVersion">Shape: <c>v1</c> or <c>v1beta1</c>, of a table or of partial metadata.</param>
/// <param name="IncludeObject">What a row carries besides its cells: <c>Metadata</c>, <c>Object</c> (kubectl sorts by it) or <c>None</c>.</param>
internal readonly record struct ObjectRepresentation(RepresentationKind Kind, string MetaVersion, string IncludeObject = "Metadata")
{
    public const string Json = "application/json";

    private static readonly string[] Offers = [Json, "application/json;stream=watch"];

    /// <exception cref="ApiException">406: nothing that is asked for can be given.</exception>
    public static ObjectRepresentation Negotiate(string? accept, string includeObject = "")
    {
        foreach (MediaRange range in MediaRange.Parse(accept))
        {
            if (!range.Covers(Json))
            {
                continue;
            }

            if (range.Parameter("as") is not { } form)
            {
                return new ObjectRepresentation(RepresentationKind.Object, "v1");
            }

            string version = range.Parameter("v") ?? string.Empty;
            if (range.Parameter("g") == "meta.k8s.io" && version is "v1" or "v1beta1")
            {
                switch (form)
                {
                    case "Table":
                        return new ObjectRepresentation(RepresentationKind.Table, version, Included(includeObject));
                    case "PartialObjectMetadata" or "PartialObjectMetadataList":
                        return new ObjectRepresentation(RepresentationKind.PartialMetadata, version);
                }
            }
        }

        throw Failures.NotAcceptable(Offers);
    }

    private static string Included(string includeObject) => includeObject switch
    {
        "" => "Metadata",
        "Metadata" or "Object" or "None" => includeObject,
        _ => throw Failures.BadRequest($"unrecognized includeObject value: \"{includeObject}\""),
    };
}

/// <summary>One entry of an Accept header. Source: RFC 9110 section 12.5.1.</summary>
internal sealed record MediaRange(string Type, IReadOnlyDictionary<string, string> Parameters, double Quality)
{
    private const int MaxRanges = 32;

    private static readonly MediaRange Any = new("*/*", new Dictionary<string, string>(), 1);

    /// <returns>Best first; equal ones in the client's order.</returns>
    public static IReadOnlyList<MediaRange> Parse(string? accept)
    {
        if (string.IsNullOrWhiteSpace(accept))
        {
            return [Any];
        }

        return [.. accept.Split(',').Take(MaxRanges).Select(ParseOne).Where(range => range.Quality > 0).OrderByDescending(range => range.Quality)];
    }

    public bool Covers(string type) =>
        Type == type || Type == "*/*" || (Type.EndsWith("/*", StringComparison.Ordinal) && type.StartsWith(Type[..^1], StringComparison.Ordinal));

    public string? Parameter(string name) => Parameters.GetValueOrDefault(name);

    private static MediaRange ParseOne(string text)
    {
        string[] parts = text.Split(';');
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in parts.Skip(1))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                parameters[part[..equals].Trim()] = part[(equals + 1)..].Trim().Trim('"');
            }
        }

        double quality = parameters.TryGetValue("q", out string? q) && double.TryParse(q, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double given) ? given : 1;
        return new MediaRange(parts[0].Trim().ToLowerInvariant(), parameters, quality);
    }
}
