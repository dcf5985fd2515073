// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.Profiles.Generalizing;

/// <summary>Reads which files an SBOM names.</summary>
public static class SbomPaths
{
    // Source: Syft's JSON in the member spec.syft of an SBOMSyft: files[].location.path, and artifacts[].locations[].path.
    private const int DepthOfLists = 3;
    private const int DepthOfLocations = 5;

    /// <param name="document">Shape: an SBOMSyft as JSON, tens of MB at times; it is not built as a tree.</param>
    /// <returns>Empty when it names none.</returns>
    /// <remarks>Errors: none; what has another shape names no file, and of a text that breaks off what came before counts.</remarks>
    public static LiteralPaths Read(ReadOnlySpan<byte> document)
    {
        var paths = new List<string>();
        try
        {
            Read(document, paths);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // No JSON, or a text that is none.
        }

        return new LiteralPaths(paths);
    }

    private static void Read(ReadOnlySpan<byte> document, List<string> paths)
    {
        var reader = new Utf8JsonReader(document);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            int depth = reader.CurrentDepth;
            if (depth > DepthOfLocations && reader.ValueTextEquals("path"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    paths.Add(reader.GetString()!);
                    continue;
                }
            }
            else if (IsOnTheWay(ref reader, depth))
            {
                continue;
            }

            reader.Skip();
        }
    }

    private static bool IsOnTheWay(ref Utf8JsonReader reader, int depth) => depth switch
    {
        1 => reader.ValueTextEquals("spec"u8),
        2 => reader.ValueTextEquals("syft"u8),
        DepthOfLists => reader.ValueTextEquals("files"u8) || reader.ValueTextEquals("artifacts"u8),
        DepthOfLocations => reader.ValueTextEquals("location"u8) || reader.ValueTextEquals("locations"u8),
        _ => false,
    };
}
