// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace NodeAgent.Profiles.Matching;

/// <summary>What is wrong with one field of a profile, or remarkable about it.</summary>
/// <param name="Object">Shape: as the caller names it, such as <c>containerprofiles default/nginx</c>.</param>
/// <param name="Field">Shape: <c>spec.egress[3].ports[0].port</c>, by the places that the entries have in the object.</param>
public sealed record ProfileProblem(string Object, string Field, string Problem)
{
    public override string ToString() => $"{Object}: {Field}: {Problem}";
}

/// <summary>Reads a profile that a person wrote: nonsense is left out and named, the rest is used.</summary>
/// <remarks>
/// What is left out never widens what is allowed: a neighbour of whose ports none makes sense would talk through any port without them, so it
/// goes as a whole. Fields that are not known are kept. Errors: none are thrown, whatever the bytes are.
/// </remarks>
public static class ProfileValidation
{
    /// <summary>Units: problems; those behind them are counted.</summary>
    public const int MaxProblems = 100;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <param name="name">Names the object in problems.</param>
    /// <param name="json">Shape: a ContainerProfile, ApplicationProfile or NetworkNeighborhood.</param>
    /// <param name="type">Of the kind that is wanted.</param>
    /// <param name="profile">What makes sense of it.</param>
    /// <param name="report">What was left out, and what allows everything.</param>
    /// <returns>False when nothing of it can be used.</returns>
    public static bool TryRead<T>(string name, ReadOnlySpan<byte> json, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? profile, out ProfileReport report)
        where T : class
    {
        report = new ProfileReport(name);
        profile = null;
        try
        {
            if (JsonNode.Parse(json, documentOptions: Strict) is not JsonObject root)
            {
                report.Error("(all)", "is no object");
                return false;
            }

            ProfileFields.Check(root, report);
            return TryDeserialize(root, type, report, out profile);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The latter for half a character, such as "\ud800", in the name of a field: the parser notices when it is asked for.
            report.Error("(all)", error.Message);
            return false;
        }
    }

    // What the fields' rules do not look into: whichever field has another type goes, as a whole.
    private static bool TryDeserialize<T>(JsonObject root, JsonTypeInfo<T> type, ProfileReport report, out T? profile)
        where T : class
    {
        profile = null;
        for (int tries = 0; tries < MaxProblems; tries++)
        {
            try
            {
                profile = root.Deserialize(type);
                return profile is not null;
            }
            catch (JsonException error) when (error.Path is { } path && TryRemove(root, path, out string field))
            {
                report.Error(field, "has another type");
            }
            catch (JsonException error)
            {
                report.Error("(all)", error.Message);
                return false;
            }
        }

        report.Error("(all)", "too little of it makes sense");
        return false;
    }

    // Shape of the path: $.spec.seccompProfile.spec; the field below spec, or the one at the top, is removed.
    private static bool TryRemove(JsonObject root, string path, out string field)
    {
        string[] steps = path.TrimStart('$').Split(['.', '['], StringSplitOptions.RemoveEmptyEntries);
        field = string.Empty;
        if (steps.Length > 1 && root[steps[0]] is JsonObject parent && parent.Remove(steps[1]))
        {
            field = $"{steps[0]}.{steps[1]}";
            return true;
        }

        field = steps.Length > 0 ? steps[0] : string.Empty;
        return steps.Length > 0 && root.Remove(field);
    }
}
