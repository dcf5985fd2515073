// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Requests;

/// <summary>Whose the fields are that a request sets: its <c>fieldManager</c>, else what stands first in its user agent.</summary>
internal static class ManagerName
{
    private const int MaxLength = 128;

    /// <param name="optionsKind">Shape: <c>PatchOptions</c>, for the failure.</param>
    /// <exception cref="ApiException">422: too long, or not printable.</exception>
    public static string Of(ApiRequest request, string optionsKind)
    {
        string given = request.Query["fieldManager"].ToString();
        if (given.Length > MaxLength)
        {
            throw Failures.InvalidOptions(optionsKind, "fieldManager", "FieldValueTooLong", $"Too long: may not be more than {MaxLength} bytes");
        }

        if (given.Any(char.IsControl))
        {
            throw Failures.InvalidOptions(optionsKind, "fieldManager", "FieldValueInvalid", $"Invalid value: \"{string.Concat(given.Select(c => char.IsControl(c) ? '?' : c))}\": should only contain printable characters");
        }

        if (given.Length > 0)
        {
            return given;
        }

        string agent = string.Concat(request.Http.Request.Headers.UserAgent.ToString().Split('/')[0].Where(c => !char.IsControl(c)).Take(MaxLength));
        return agent.Length > 0 ? agent : "unknown";
    }

    /// <summary>An applier has to name itself.</summary>
    /// <exception cref="ApiException">422.</exception>
    public static string OfApplier(ApiRequest request) => request.Query["fieldManager"].ToString().Length > 0
        ? Of(request, "PatchOptions")
        : throw Failures.InvalidOptions("PatchOptions", "fieldManager", "FieldValueRequired", "Required value: is required for apply patch");
}
